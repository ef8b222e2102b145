extension CommandDefinition {
  static var checkpoint: CommandDefinition {
    CommandDefinition(
      .checkpoint,
      summary: "save a running container to disk",
      description: [
        .text(
          """
          Writes the processes of a running container to image files by CRIU, from which restore makes the container \
          again. The container ends, unless it is told to go on.
          """)
      ],
      arguments: [.container],
      options: [
        imagePath(help: "Write the image files to this folder."),
        workPath,
        OptionDefinition(
          .string(.parentPath), "folder",
          help: "Write only what has changed since this checkpoint; the path is relative to the image path.",
          completion: .folder),
        OptionDefinition(.flag(.leaveRunning), help: "Let the container go on afterwards."),
        OptionDefinition(
          .flag(.preDump), help: "Save memory only and let the container go on, to save less later."),
        tcpEstablished,
        OptionDefinition(.flag(.tcpSkipInFlight), help: "Leave out connections that are not yet accepted."),
        OptionDefinition(.flag(.linkRemap), help: "Give open files without a name one for the time being."),
        extUnixSk, shellJob, fileLocks, lazyPages,
        OptionDefinition(
          .integer(.statusFd), "fd", help: "Write a zero byte to this descriptor when lazy pages can be asked for."),
        OptionDefinition(.string(.pageServer), "address:port", help: "Send memory to this page server."),
        manageCgroupsMode, emptyNs, autoDedup,
      ],
      examples: [
        Example(line: "checkpoint --image-path /srv/images web", purpose: "Save the container web and end it.")
      ])
  }

  static var restore: CommandDefinition {
    CommandDefinition(
      .restore,
      summary: "make a container again from a checkpoint",
      description: [.text("Makes a container from image files that checkpoint wrote, and lets it go on.")],
      arguments: [.newContainer],
      options: [
        imagePath(help: "Read the image files from this folder."),
        workPath, .bundle, .detach, .consoleSocket, .pidFile, .noSubreaper, .noPivot,
        tcpEstablished, extUnixSk, shellJob, fileLocks, lazyPages, manageCgroupsMode, emptyNs, autoDedup,
        OptionDefinition(.string(.lsmProfile), "type:name", help: "Restore under this security profile."),
        OptionDefinition(.string(.lsmMountContext), "context", help: "Mount under this security context."),
      ],
      examples: [
        Example(
          line: "restore --detach --image-path /srv/images --bundle /srv/web web",
          purpose: "Let the container web go on in the background.")
      ],
      exitStatus: "As that of run.")
  }

  private static func imagePath(help: String) -> OptionDefinition {
    OptionDefinition(
      .string(.imagePath), "folder", help: help, defaultText: "checkpoint", completion: .folder)
  }

  private static var workPath: OptionDefinition {
    OptionDefinition(
      .string(.workPath), "folder", help: "Put the log and the work files of CRIU in this folder.",
      completion: .folder)
  }

  private static var tcpEstablished: OptionDefinition {
    OptionDefinition(.flag(.tcpEstablished), help: "Keep open TCP connections.")
  }

  private static var extUnixSk: OptionDefinition {
    OptionDefinition(.flag(.extUnixSk), help: "Allow unix sockets connected to the outside.")
  }

  private static var shellJob: OptionDefinition {
    OptionDefinition(.flag(.shellJob), help: "Allow a session and a terminal from outside the container.")
  }

  private static var fileLocks: OptionDefinition {
    OptionDefinition(.flag(.fileLocks), help: "Keep file locks.")
  }

  private static var lazyPages: OptionDefinition {
    OptionDefinition(.flag(.lazyPages), help: "Fetch memory when it is used, through userfaultfd.")
  }

  private static var autoDedup: OptionDefinition {
    OptionDefinition(.flag(.autoDedup), help: "Drop memory from earlier image files once it is in later ones.")
  }

  private static var emptyNs: OptionDefinition {
    OptionDefinition(
      .strings(.emptyNs), "namespace",
      help: "Make this namespace without restoring what was in it: network; may be repeated.")
  }

  private static var manageCgroupsMode: OptionDefinition {
    OptionDefinition(
      .string(.manageCgroupsMode), "mode", help: "Choose how cgroups are restored: soft, full, strict or ignore.",
      defaultText: "soft", completion: .choice(["soft", "full", "strict", "ignore"]))
  }
}
