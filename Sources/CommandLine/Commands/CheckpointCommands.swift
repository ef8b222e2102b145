extension CommandDefinition {
  static var checkpoint: Self {
    Self(
      .checkpoint, ArgumentList(.container),
      options: OptionList([
        .string(.imagePath), .string(.workPath), .string(.parentPath), .flag(.leaveRunning), .flag(.preDump),
        .flag(.tcpEstablished), .flag(.tcpSkipInFlight), .flag(.linkRemap), .flag(.extUnixSk), .flag(.shellJob),
        .flag(.fileLocks), .flag(.lazyPages), .integer(.statusFd), .string(.pageServer),
        .string(.manageCgroupsMode), .strings(.emptyNs), .flag(.autoDedup),
      ]))
  }

  static var restore: Self {
    Self(
      .restore, ArgumentList(.newContainer),
      options: OptionList([
        .string(.imagePath), .string(.workPath), .string(.bundle), .flag(.detach), .string(.consoleSocket),
        .string(.pidFile), .flag(.noSubreaper), .flag(.noPivot), .flag(.tcpEstablished), .flag(.extUnixSk),
        .flag(.shellJob), .flag(.fileLocks), .flag(.lazyPages), .string(.manageCgroupsMode), .strings(.emptyNs),
        .flag(.autoDedup), .string(.lsmProfile), .string(.lsmMountContext),
      ]))
  }
}

extension CommandManual {
  static var checkpoint: Self {
    Self(
      summary: "save a running container to disk",
      description: [
        .text(
          """
          Writes the processes of a running container to image files by CRIU, from which restore makes the container \
          again. The container ends, unless it is told to go on.
          """)
      ],
      examples: [
        Example(line: "checkpoint --image-path /srv/images web", purpose: "Save the container web and end it.")
      ])
  }

  static var restore: Self {
    Self(
      summary: "make a container again from a checkpoint",
      description: [.text("Makes a container from image files that checkpoint wrote, and lets it go on.")],
      examples: [
        Example(
          line: "restore --detach --image-path /srv/images --bundle /srv/web web",
          purpose: "Let the container web go on in the background.")
      ],
      exitStatus: "As that of run.")
  }
}
