extension CommandDefinition {
  static var update: Self {
    Self(
      .update, ArgumentList(.container),
      options: OptionList([
        .string(.resources), .size(.memory), .size(.memoryReservation), .size(.memorySwap), .integer(.cpuShare),
        .integer(.cpuPeriod), .integer(.cpuQuota), .integer(.cpuBurst), .integer(.cpuRtPeriod),
        .integer(.cpuRtRuntime), .integer(.cpuIdle), .string(.cpusetCpus), .string(.cpusetMems),
        .integer(.pidsLimit), .integer(.blkioWeight), .string(.l3CacheSchema), .string(.memBwSchema),
      ]),
      obsoleteOptions: OptionList([.size(.kernelMemory), .size(.kernelMemoryTcp)]))
  }
}

extension CommandManual {
  static var update: Self {
    Self(
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
          "  \"cpu\": {\"shares\": 512, \"quota\": 50000, \"period\": 100000},",
          "  \"pids\": {\"limit\": 100},",
          "  \"blockIO\": {\"weight\": 100}",
          "}",
        ]),
        .text("A size is a number of bytes, or one with a unit of k, m, g, t or p in powers of 1024, as in 64M."),
      ],
      examples: [
        Example(line: "update --memory 256M --pids-limit 100 web", purpose: "Set two limits."),
        Example(line: "update --resources limits.json web", purpose: "Take the limits from a file."),
      ])
  }
}
