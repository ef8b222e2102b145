extension CommandDefinition {
  static var create: Self {
    Self(
      .create, ArgumentList(.newContainer),
      options: OptionList([
        .string(.bundle), .string(.consoleSocket), .string(.pidfdSocket), .string(.pidFile), .flag(.noPivot),
        .flag(.noNewKeyring), .integer(.preserveFds), .string(.trace),
      ]))
  }

  static var start: Self { Self(.start, ArgumentList(.container)) }

  static var run: Self {
    Self(
      .run, ArgumentList(.newContainer),
      options: OptionList([
        .string(.bundle), .flag(.detach), .flag(.keep), .string(.consoleSocket), .string(.pidfdSocket),
        .string(.pidFile), .flag(.noPivot), .flag(.noNewKeyring), .flag(.noSubreaper), .integer(.preserveFds),
        .string(.trace),
      ]))
  }

  static var kill: Self {
    Self(
      .kill, ArgumentList(.container, ArgumentDefinition("signal", .signal, .optional)),
      optionsEndAtFirstArgument: true, options: OptionList([.flag(.all)]))
  }

  static var delete: Self { Self(.delete, ArgumentList(.container), options: OptionList([.flag(.force)])) }
}

extension CommandManual {
  static var create: Self {
    Self(
      summary: "create a container",
      description: [
        .text(
          """
          Makes a container from a bundle, which is a folder with a config.json and usually a root file system. The \
          container's process waits: its namespaces, mounts and limits are there, but the program that \
          process.args names runs only after start.
          """),
        .text("The id is yours to choose and names the container on this host in every other command."),
      ],
      examples: [
        Example(line: "create --bundle /srv/web web", purpose: "Make the container web, ready to start."),
        Example(line: "start web", purpose: "Start it."),
      ])
  }

  static var start: Self {
    Self(
      summary: "run the program of a created container",
      description: [
        .text(
          "Lets the process of a container that create made go on to its program. Returns when the program runs.")
      ])
  }

  static var run: Self {
    Self(
      summary: "create and start a container",
      description: [
        .text(
          """
          Makes a container from a bundle and starts it. In the foreground, signals reach the container's process, \
          its terminal is connected to the caller's, and the container is deleted when the process ends.
          """)
      ],
      examples: [
        Example(line: "run hello", purpose: "Run the bundle in the current folder."),
        Example(line: "run --detach --bundle /srv/web web", purpose: "Run a bundle in the background."),
      ],
      exitStatus: """
        The status of the container's process, 128 + N if signal N ended it; 1 if it could not be started. With \
        --detach, 0 when it runs.
        """)
  }

  static var kill: Self {
    Self(
      summary: "send a signal to a container",
      description: [
        .text(
          """
          Sends a signal to the container's first process. The signal is a number or a name, with or without SIG, in \
          any case. Without one it is TERM. Options stand before the id.
          """)
      ],
      examples: [Example(line: "kill web KILL", purpose: "End the container's first process at once.")])
  }

  static var delete: Self {
    Self(
      summary: "delete a container and what it holds",
      description: [
        .text(
          """
          Removes a stopped container: its cgroups, its state, and whatever else was made for it. The bundle stays.
          """)
      ],
      examples: [Example(line: "delete --force web", purpose: "Kill and remove the container web.")])
  }
}
