extension CommandDefinition {
  static var list: CommandDefinition {
    CommandDefinition(
      .list,
      summary: "list the containers",
      description: [
        .text("Shows the containers whose state lies below the folder of the global option --root.")
      ],
      options: [
        .format,
        OptionDefinition(.flag(.quiet), short: "q", help: "Show the ids only."),
      ])
  }

  static var state: CommandDefinition {
    CommandDefinition(
      .state,
      summary: "show the state of a container as JSON",
      description: [.text("Writes the state of the OCI runtime specification, with runc's additions.")],
      arguments: [.container])
  }

  static var events: CommandDefinition {
    CommandDefinition(
      .events,
      summary: "show statistics and out-of-memory events of a container",
      description: [
        .text(
          """
          Writes one line of JSON for each event: the use of processor, memory, disk and processes at every \
          interval, and each time the kernel kills a process for lack of memory. Ends with the container.
          """)
      ],
      arguments: [.container],
      options: [
        OptionDefinition(
          .duration(.interval), "time", help: "Wait this long between statistics.", defaultText: "5s"),
        OptionDefinition(.flag(.stats), help: "Write the statistics once and end."),
      ],
      examples: [Example(line: "events --interval 1m30s web", purpose: "Watch the container web.")])
  }

  static var features: CommandDefinition {
    CommandDefinition(
      .features,
      summary: "show what this runtime supports as JSON",
      description: [.text("Writes the features document of the OCI runtime specification.")])
  }
}
