internal import Kernel

extension InitRun {
  /// The CPUs of the caller of the runtime are not the container's. A kernel that refuses to widen them leaves a
  /// container that is slower and no less confined.
  func setCPUs(_ cpus: NumberSet?) throws(SystemCallError) {
    if let cpus { return try ProcessAttributes.setAffinity(cpus) }
    guard Defence.inheritedState.isOn else { return }
    do throws(SystemCallError) {
      // The kernel cuts off what it is not built for, and what the cpuset does not have for as long as that is so.
      try ProcessAttributes.setAffinity(NumberSet(below: 8192))
    } catch {
      // What was inherited stays.
    }
  }

  /// Through a procfs of our own, which nothing of the container's can cover (CVE-2019-16884, CVE-2025-52881), and read
  /// back: a label that did not arrive is no label.
  func set(_ label: ProcessPlan.SecurityLabel) throws(SystemCallError) {
    let own = try ownProcfs().open(
      "thread-self", [.path, .directory], resolve: [.beneath, .noMagicLinks, .noCrossDevice])
    switch label {
    case .apparmor(let profile):
      do {
        try write("exec \(profile)", to: "attr/apparmor/exec", of: own, expecting: profile)
      } catch {
        // Before Linux 5.8 AppArmor has no folder of its own.
        if error.errno != .noSuchFile { throw error }
        try write("exec \(profile)", to: "attr/exec", of: own, expecting: profile)
      }
    case .selinux(let label):
      try write(label, to: "attr/exec", of: own, expecting: label)
    }
  }

  private func write(
    _ text: String, to name: String, of own: borrowing Descriptor, expecting label: String
  ) throws(SystemCallError) {
    let file = try own.open(
      name, .readWrite, resolve: [.beneath, .noSymlinks, .noCrossDevice, .noMagicLinks])
    try file.writeOnce(text)
    let bytes = try own.open(name, .readOnly, resolve: [.beneath, .noSymlinks, .noCrossDevice, .noMagicLinks]).read(
      most: 4096)
    // AppArmor adds the mode of the profile, SELinux a NUL.
    let found = String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    if found != label && !found.hasPrefix(label + " (") {
      throw SystemCallError.refused("the label \(quoted(label)) was written and \(quoted(found)) was found")
    }
  }
}
