extension CommandDefinition {
  static var update: CommandDefinition {
    CommandDefinition(
      .update,
      summary: "change the limits of a container",
      description: [
        .text("Changes what is given and leaves all other limits as they are."),
        .text(
          """
          With --resources the limits come from a file, or from standard input for -, of the form of linux.resources \
          in config.json, and the other options but the two schemas are ignored:
          """),
        .lines([
          "{",
          "  \"memory\": {\"limit\": 67108864, \"reservation\": 0, \"swap\": 0},",
          "  \"cpu\": {\"shares\": 512, \"quota\": 50000, \"period\": 100000, \"cpus\": \"0-1\"},",
          "  \"pids\": {\"limit\": 100},",
          "  \"blockIO\": {\"weight\": 100}",
          "}",
        ]),
        .text("A size is a number of bytes, or one with a unit of k, m, g, t or p in powers of 1024, as in 64M."),
      ],
      arguments: [.container],
      options: resourcesFile + memoryLimits + cpuLimits + otherLimits,
      examples: [
        Example(line: "update --memory 256M --pids-limit 100 web", purpose: "Set two limits."),
        Example(line: "update --resources limits.json web", purpose: "Take the limits from a file."),
      ])
  }

  private static var resourcesFile: [OptionDefinition] {
    [
      OptionDefinition(
        .string(.resources), short: "r", "file",
        help: "Take the limits from this JSON file, or from standard input for -.", completion: .file)
    ]
  }

  private static var memoryLimits: [OptionDefinition] {
    [
      OptionDefinition(.size(.memory), "size", help: "Limit memory; -1 for no limit."),
      OptionDefinition(
        .size(.memoryReservation), "size", help: "Set how much memory is kept for the container when it runs short."),
      OptionDefinition(
        .size(.memorySwap), "size", help: "Limit memory and swap together; -1 for no limit on swap."),
      OptionDefinition(
        .size(.kernelMemory), "size", help: "Obsolete, ignored: the kernel has no such limit.", isHidden: true),
      OptionDefinition(
        .size(.kernelMemoryTcp), "size", help: "Obsolete, ignored: the kernel has no such limit.",
        isHidden: true),
    ]
  }

  private static var cpuLimits: [OptionDefinition] {
    [
      OptionDefinition(
        .integer(.cpuShare), "n", help: "Set the share of processor time against other containers."),
      OptionDefinition(.integer(.cpuPeriod), "us", help: "Set the period that the quota is for, in microseconds."),
      OptionDefinition(
        .integer(.cpuQuota), "us",
        help: "Limit processor time within a period, in microseconds; -1 for no limit."),
      OptionDefinition(
        .integer(.cpuBurst), "us", help: "Let unused quota add up to this many microseconds."),
      OptionDefinition(
        .integer(.cpuRtPeriod), "us", help: "Set the period of realtime scheduling, in microseconds."),
      OptionDefinition(
        .integer(.cpuRtRuntime), "us", help: "Limit realtime scheduling within its period, in microseconds."),
      OptionDefinition(
        .integer(.cpuIdle), "0|1", help: "Run only when the processors are idle (1), or as usual (0)."),
      OptionDefinition(.string(.cpusetCpus), "list", help: "Choose the processors, as in 0-2,4."),
      OptionDefinition(.string(.cpusetMems), "list", help: "Choose the memory nodes, as in 0-1."),
    ]
  }

  private static var otherLimits: [OptionDefinition] {
    [
      OptionDefinition(.integer(.pidsLimit), "n", help: "Limit the number of processes; -1 for no limit."),
      OptionDefinition(
        .integer(.blkioWeight), "n", help: "Set the weight of disk access, from 10 to 1000."),
      OptionDefinition(
        .string(.l3CacheSchema), "schema", help: "Set the part of the L3 cache by Intel RDT."),
      OptionDefinition(
        .string(.memBwSchema), "schema", help: "Set the memory bandwidth by Intel RDT."),
    ]
  }
}
