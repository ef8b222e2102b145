extension CommandDefinition {
  static var spec: CommandDefinition {
    CommandDefinition(
      .spec,
      summary: "write a config.json to start from",
      description: [
        .text(
          """
          Writes a config.json that runs sh on a read-only root file system in the folder rootfs. A config.json that \
          is there already stays as it is, and the command fails.
          """)
      ],
      options: [
        OptionDefinition(
          .string(.bundle), short: "b", "folder", help: "Write it into this folder.",
          defaultText: "the current folder", completion: .folder),
        OptionDefinition(
          .flag(.rootless), help: "Write one for a container that an ordinary user can run."),
      ],
      examples: [
        Example(line: "spec", purpose: "Beside a folder rootfs, make a bundle of the current folder."),
        Example(line: "run hello", purpose: "Run it."),
      ])
  }

  static var validate: CommandDefinition {
    CommandDefinition(
      .validate,
      summary: "check a bundle without touching anything",
      description: [
        .text(
          """
          Reports every problem of a config.json at once: where it is, what was found and what is allowed. Unknown \
          properties, and what has no effect on this host, are warnings.
          """)
      ],
      options: [.bundle],
      exitStatus: "0 if the bundle can be run, warnings or not; 1 if it cannot.")
  }

  static var explain: CommandDefinition {
    CommandDefinition(
      .explain,
      summary: "show what running a bundle would do, step by step",
      description: [
        .text(
          """
          Prints the plan that create would follow, and the steps of the container's process in their order, \
          without touching anything. What is printed is what runs.
          """)
      ],
      arguments: [Argument("container-id", .newContainer, .optional)],
      options: [.bundle, .consoleSocket, .noPivot, .noNewKeyring, .preserveFds])
  }

  static var completion: CommandDefinition {
    CommandDefinition(
      .completion,
      summary: "write a completion script for a shell",
      description: [
        .text("Writes a script that teaches the shell the commands, options, container ids and signals.")
      ],
      arguments: [Argument("shell", .choice(Shell.allCases.map(\.rawValue)))],
      examples: [
        Example(
          line: "completion bash > /etc/bash_completion.d/apus", purpose: "Install it for all users of bash.")
      ])
  }
}
