extension CommandDefinition {
  static var spec: Self { Self(.spec, .none, options: OptionList([.string(.bundle), .flag(.rootless)])) }

  static var validate: Self { Self(.validate, .none, options: OptionList([.string(.bundle)])) }

  static var explain: Self {
    Self(
      .explain, ArgumentList(ArgumentDefinition("container-id", .newContainer, .optional)),
      options: OptionList([
        .string(.bundle), .string(.consoleSocket), .flag(.noPivot), .flag(.noNewKeyring), .integer(.preserveFds),
      ]))
  }

  static var completion: Self { Self(.completion, ArgumentList(ArgumentDefinition("shell", .shell))) }
}

extension CommandManual {
  static var spec: Self {
    Self(
      summary: "write a config.json to start from",
      description: [
        .text(
          """
          Writes a config.json that runs sh on a read-only root file system in the folder rootfs. A config.json that \
          is there already stays as it is, and the command fails.
          """)
      ],
      examples: [
        Example(line: "spec", purpose: "Beside a folder rootfs, make a bundle of the current folder."),
        Example(line: "run hello", purpose: "Run it."),
      ])
  }

  static var validate: Self {
    Self(
      summary: "check a bundle without touching anything",
      description: [
        .text(
          """
          Reports every problem of a config.json at once: where it is, what was found and what is allowed. Unknown \
          properties, and what has no effect on this host, are warnings.
          """)
      ],
      exitStatus: "0 if the bundle can be run, warnings or not; 1 if it cannot.")
  }

  static var explain: Self {
    Self(
      summary: "show what running a bundle would do, step by step",
      description: [
        .text(
          """
          Prints the plan that create would follow, and the steps of the container's process in their order, \
          without touching anything. What is printed is what runs.
          """)
      ],
      examples: [Example(line: "explain --bundle /srv/web", purpose: "Show what creating a container would do.")])
  }

  static var completion: Self {
    Self(
      summary: "write a completion script for a shell",
      description: [
        .text(
          """
          Writes a script for bash, zsh or fish that teaches the shell the commands, options, container ids and \
          signals.
          """)
      ],
      examples: [
        Example(
          line: "completion bash > /etc/bash_completion.d/apus", purpose: "Install it for all users of bash.")
      ])
  }
}
