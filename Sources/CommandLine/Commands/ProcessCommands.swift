extension CommandDefinition {
  static var exec: Self {
    Self(
      .exec,
      ArgumentList(
        .container, ArgumentDefinition("command", .other, .optional), ArgumentDefinition("argument", .other, .any)),
      optionsEndAtFirstArgument: true,
      options: OptionList([
        .string(.process), .flag(.tty), .string(.user), .integers(.additionalGids), .string(.cwd), .strings(.env),
        .strings(.cap), .flag(.noNewPrivs), .string(.apparmor), .string(.processLabel), .flag(.detach),
        .string(.consoleSocket), .string(.pidfdSocket), .string(.pidFile), .integer(.preserveFds),
        .strings(.cgroup), .flag(.ignorePaused), .string(.trace),
      ]),
      obsoleteOptions: OptionList([.flag(.noSubreaper)]))
  }

  static var ps: Self {
    Self(
      .ps, ArgumentList(.container, ArgumentDefinition("ps-option", .other, .any)),
      optionsEndAtFirstArgument: true, options: OptionList([.string(.format)]))
  }

  static var pause: Self { Self(.pause, ArgumentList(.container)) }

  static var resume: Self { Self(.resume, ArgumentList(.container)) }
}

extension CommandManual {
  static var exec: Self {
    Self(
      summary: "run another process inside a container",
      description: [
        .text(
          """
          Runs a command in the namespaces, cgroups and limits of a container. Options stand before the id; \
          everything behind it is the command and its arguments, taken as it stands. With --process, the file \
          describes the whole process and no command is given.
          """)
      ],
      examples: [
        Example(line: "exec --tty web sh", purpose: "Open a shell in the container web."),
        Example(line: "exec --user 1000:1000 --env LANG=C web id", purpose: "Run a command as another user."),
      ],
      exitStatus: """
        The status of the process, 128 + N if signal N ended it; 255 if it could not be started; 1 if the command \
        line is wrong. With --detach, 0 when it runs.
        """)
  }

  static var ps: Self {
    Self(
      summary: "list the processes of a container",
      description: [
        .text(
          """
          Shows the lines of ps that belong to the container, or with --format json the process ids, for which no \
          ps program is needed. Words behind the id go to ps; without any they are -ef. Options stand before the id.
          """)
      ],
      examples: [Example(line: "ps web -o pid,args", purpose: "Choose the columns.")])
  }

  static var pause: Self {
    Self(
      summary: "freeze all processes of a container",
      description: [.text("Stops every process of the container where it is, until resume.")])
  }

  static var resume: Self {
    Self(
      summary: "let a paused container go on",
      description: [.text("Lets the processes go on that pause stopped.")])
  }
}
