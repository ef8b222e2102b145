internal import Kernel
package import OCI

/// What the command line changes in the process that the configuration or the `--process` file describes.
package struct ProcessChanges: Equatable, Sendable {
  /// The program and its arguments; empty leaves them.
  package var arguments: [String] = []
  package var workingDirectory: String?
  /// `UID` or `UID:GID`, in digits.
  package var user: String?
  package var additionalGids: [Int] = []
  /// Entries of the form `NAME=value`; the last of one name wins.
  package var environment: [String] = []
  package var capabilities: [String] = []
  package var noNewPrivileges: Bool?
  package var terminal: Bool?
  package var apparmorProfile: String?
  package var selinuxLabel: String?

  package init() {}

  /// - Throws: what is no number where one must be. Names are not looked up: the files that could do it are the image's.
  package func apply(to process: inout Spec.Process) throws(OperationError) {
    if !arguments.isEmpty { process.args = arguments }
    if let workingDirectory { process.cwd = workingDirectory }
    if let noNewPrivileges { process.noNewPrivileges = noNewPrivileges }
    if let terminal { process.terminal = terminal }
    if let apparmorProfile { process.apparmorProfile = apparmorProfile }
    if let selinuxLabel { process.selinuxLabel = selinuxLabel }
    if !environment.isEmpty { process.env = (process.env ?? []) + environment }
    try applyUser(to: &process)
    applyCapabilities(to: &process)
  }

  private func applyUser(to process: inout Spec.Process) throws(OperationError) {
    if user == nil && additionalGids.isEmpty { return }
    var changed = process.user ?? Spec.User()
    if let user {
      let ids = try ProcessChanges.ids(user)
      changed.uid = ids.uid
      if let gid = ids.gid { changed.gid = gid }
    }
    for gid in additionalGids {
      guard gid >= 0, gid < Int(UInt32.max) else {
        throw OperationError("", "", .message("additional-gids must be a positive number below 4294967295, not \(gid)"))
      }
      changed.additionalGids = (changed.additionalGids ?? []) + [UInt32(gid)]
    }
    process.user = changed
  }

  /// Never the inheritable set, and the ambient one only where the configuration itself makes the capability
  /// inheritable: a program that drops its privileges would get them back (CVE-2022-29162, security case C1).
  private func applyCapabilities(to process: inout Spec.Process) {
    if capabilities.isEmpty { return }
    var sets = process.capabilities ?? Spec.Capabilities()
    sets.bounding = (sets.bounding ?? []) + capabilities
    sets.effective = (sets.effective ?? []) + capabilities
    sets.permitted = (sets.permitted ?? []) + capabilities
    if !Defence.execCapabilities.isOn {
      sets.inheritable = (sets.inheritable ?? []) + capabilities
    }
    sets.ambient = (sets.ambient ?? []) + capabilities.filter { sets.inheritable?.contains($0) ?? false }
    process.capabilities = sets
  }

  /// Digits only, and no id that means “no change” to the kernel (CVE-2016-3697, CVE-2026-30892, security case C6).
  private static func ids(_ text: String) throws(OperationError) -> (uid: UInt32, gid: UInt32?) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let uid = id(parts[0]) else { throw invalid("uid", text) }
    guard parts.count == 2 else { return (uid, nil) }
    guard let gid = id(parts[1]) else { throw invalid("gid", text) }
    return (uid, gid)
  }

  private static func id(_ digits: Substring) -> UInt32? {
    if !Defence.userSyntax.isOn, let number = Int64(digits) { return UInt32(truncatingIfNeeded: number) }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let id = UInt32(digits) else {
      return nil
    }
    return id == UInt32.max ? nil : id
  }

  private static func invalid(_ kind: String, _ text: String) -> OperationError {
    OperationError(
      "", "", .message("bad \(kind): \(quoted(text)) is not of the form UID[:GID], numbers from 0 to 4294967294"))
  }
}
