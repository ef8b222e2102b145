/// The form of an answer (`--format` of `list` and `ps`).
public enum OutputFormat: String, CaseIterable, Sendable {
  case table, json
}

/// What CRIU saves and restores of cgroups (`--manage-cgroups-mode` of `checkpoint` and `restore`).
public enum CgroupsMode: String, CaseIterable, Sendable {
  case soft, full, strict, ignore
}

extension ParsedOptions {
  /// `--format` of `list` and `ps`: a table when absent. The parser lets no other word through.
  public var format: OutputFormat {
    string(.format).flatMap(OutputFormat.init(rawValue:)) ?? .table
  }

  /// `--manage-cgroups-mode`; nil when absent. The parser lets no other word through.
  public var cgroupsMode: CgroupsMode? {
    string(.manageCgroupsMode).flatMap(CgroupsMode.init(rawValue:))
  }
}
