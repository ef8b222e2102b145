/// The options that several commands have in the same words.
extension OptionDefinition {
  static var bundle: OptionDefinition {
    OptionDefinition(
      .string(.bundle), short: "b", "folder", help: "Take config.json from this folder.",
      defaultText: "the current folder", completion: .folder)
  }

  static var consoleSocket: OptionDefinition {
    OptionDefinition(
      .string(.consoleSocket), "socket",
      help: "Send the master end of the terminal over this unix socket.", completion: .file)
  }

  static var pidfdSocket: OptionDefinition {
    OptionDefinition(
      .string(.pidfdSocket), "socket", help: "Send a pidfd of the new process over this unix socket.",
      completion: .file)
  }

  static var pidFile: OptionDefinition {
    OptionDefinition(
      .string(.pidFile), "file", help: "Write the process id to this file.", completion: .file)
  }

  static var detach: OptionDefinition {
    OptionDefinition(
      .flag(.detach), short: "d", help: "Return as soon as the process runs, instead of waiting for its end.")
  }

  static var noPivot: OptionDefinition {
    OptionDefinition(
      .flag(.noPivot),
      help: "Enter the root file system without pivot_root, as is needed when it lies on a ramdisk.")
  }

  static var noNewKeyring: OptionDefinition {
    OptionDefinition(
      .flag(.noNewKeyring), help: "Keep the caller's session keyring instead of making a new one.")
  }

  static var noSubreaper: OptionDefinition {
    OptionDefinition(
      .flag(.noSubreaper), help: "Do not adopt processes whose parent has ended.")
  }

  static var preserveFds: OptionDefinition {
    OptionDefinition(
      .integer(.preserveFds), "n",
      help: "Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts.",
      defaultText: "0")
  }

  static var format: OptionDefinition {
    OptionDefinition(
      .string(.format), short: "f", "format", help: "Answer as table or json.", defaultText: "table",
      completion: .choice(OutputFormat.allCases.map(\.rawValue)))
  }
}

extension CommandDefinition.Argument {
  static var container: Self { Self("container-id", .existingContainer) }
  static var newContainer: Self { Self("container-id", .newContainer) }
}
