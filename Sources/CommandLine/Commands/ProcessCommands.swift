extension CommandDefinition {
  static var exec: CommandDefinition {
    CommandDefinition(
      .exec,
      summary: "run another process inside a container",
      description: [
        .text(
          """
          Runs a command in the namespaces, cgroups and limits of a container. Options stand before the id; \
          everything behind it is the command and its arguments, taken as it stands. With --process, the file \
          describes the whole process and no command is given.
          """)
      ],
      arguments: [.container, Argument("command", .other, .optional), Argument("argument", .other, .any)],
      optionsEndAtFirstArgument: true,
      options: execIdentity + execPlumbing,
      examples: [
        Example(line: "exec --tty web sh", purpose: "Open a shell in the container web."),
        Example(line: "exec --user 1000:1000 --env LANG=C web id", purpose: "Run a command as another user."),
      ],
      exitStatus: """
        The status of the process, 128 + N if signal N ended it; 255 if it could not be started; 1 if the command \
        line is wrong. With --detach, 0 when it runs.
        """)
  }

  /// What the process is.
  private static var execIdentity: [OptionDefinition] {
    [
      OptionDefinition(
        .string(.process), short: "p", "file",
        help: "Take the process from this JSON file, of the form of process in config.json.", completion: .file),
      OptionDefinition(.flag(.tty), short: "t", help: "Give the process a terminal."),
      OptionDefinition(.string(.user), short: "u", "uid[:gid]", help: "Run as this user, and group."),
      OptionDefinition(
        .integers(.additionalGids), short: "g", "gid", help: "Add a supplementary group; may be repeated."),
      OptionDefinition(.string(.cwd), "path", help: "Start in this folder of the container."),
      OptionDefinition(
        .strings(.env), short: "e", "name=value", help: "Set an environment variable; may be repeated."),
      OptionDefinition(
        .strings(.cap), short: "c", "capability", help: "Add a capability, as in CAP_SYS_TIME; may be repeated."),
      OptionDefinition(
        .flag(.noNewPrivs), help: "Keep the process from gaining privileges through execve."),
      OptionDefinition(.string(.apparmor), "profile", help: "Confine the process by this AppArmor profile."),
      OptionDefinition(.string(.processLabel), "label", help: "Give the process this SELinux label."),
    ]
  }

  /// How the process is connected and where it is counted.
  private static var execPlumbing: [OptionDefinition] {
    [
      .detach, .consoleSocket, .pidfdSocket, .pidFile, .preserveFds,
      OptionDefinition(
        .strings(.cgroup), "[controllers:]path",
        help: "Put the process in this cgroup below the container's, which has to be there; may be repeated."),
      OptionDefinition(.flag(.ignorePaused), help: "Go ahead in a paused container; the process waits there."),
      OptionDefinition(
        .flag(.noSubreaper), help: "Obsolete, ignored: exec adopts no processes.", isHidden: true),
    ]
  }

  static var ps: CommandDefinition {
    CommandDefinition(
      .ps,
      summary: "list the processes of a container",
      description: [
        .text(
          """
          Shows the lines of ps that belong to the container, or with --format json the process ids, for which no \
          ps program is needed. Words behind the id go to ps; without any they are -ef.
          """)
      ],
      arguments: [.container, Argument("ps-option", .other, .any)],
      optionsEndAtFirstArgument: true,
      options: [.format],
      examples: [Example(line: "ps web -o pid,args", purpose: "Choose the columns.")])
  }

  static var pause: CommandDefinition {
    CommandDefinition(
      .pause,
      summary: "freeze all processes of a container",
      description: [.text("Stops every process of the container where it is, until resume.")],
      arguments: [.container])
  }

  static var resume: CommandDefinition {
    CommandDefinition(
      .resume,
      summary: "let a paused container go on",
      description: [.text("Lets the processes go on that pause stopped.")],
      arguments: [.container])
  }
}
