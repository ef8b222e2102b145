extension CommandDefinition {
  static var list: Self { Self(.list, .none, options: OptionList([.string(.format), .flag(.quiet)])) }

  static var state: Self { Self(.state, ArgumentList(.container)) }

  static var events: Self {
    Self(.events, ArgumentList(.container), options: OptionList([.duration(.interval), .flag(.stats)]))
  }

  static var features: Self { Self(.features, .none) }
}

extension CommandManual {
  static var list: Self {
    Self(
      summary: "list the containers",
      description: [
        .text("Shows the containers whose state lies below the folder of the global option --root.")
      ])
  }

  static var state: Self {
    Self(
      summary: "show the state of a container as JSON",
      description: [.text("Writes the state of the OCI runtime specification, with runc's additions.")])
  }

  static var events: Self {
    Self(
      summary: "show statistics and out-of-memory events of a container",
      description: [
        .text(
          """
          Writes one line of JSON for each event: the use of processor, memory, disk and processes at every \
          interval, and each time the kernel kills a process for lack of memory. Ends with the container.
          """)
      ],
      examples: [Example(line: "events --interval 1m30s web", purpose: "Watch the container web.")])
  }

  static var features: Self {
    Self(
      summary: "show what this runtime supports as JSON",
      description: [.text("Writes the features document of the OCI runtime specification.")])
  }
}
