import Foundation
import Testing

/// What the kernel runs.
enum SecurityModule {
  static let hasAppArmor = readText("/sys/module/apparmor/parameters/enabled").hasPrefix("Y")
  static let hasSELinux = readText("/proc/filesystems").contains("\tselinuxfs\n")
}

extension Trait where Self == ConditionTrait {
  fileprivate static var appArmor: Self {
    .enabled(if: SecurityModule.hasAppArmor, "the kernel does not run AppArmor")
  }
  fileprivate static var seLinux: Self { .enabled(if: SecurityModule.hasSELinux, "the kernel does not run SELinux") }
}

/// What AppArmor and SELinux make of the labels of a configuration, where the kernel runs them: in the guest of
/// `make test-guest`.
@Suite(.scratch) struct SecurityModuleTests {
  // MARK: AppArmor

  /// Loads a profile that allows everything but a look at /etc/secret; it is the kernel's until the end of the test.
  private func withProfile(_ body: (_ name: String) throws -> Void) throws {
    let scratch = try Scratch.current
    let name = URL(filePath: scratch.directory).lastPathComponent
    let file = scratch.path("profile")
    let rules = ["file", "capability", "network", "mount", "umount", "pivot_root", "signal", "ptrace", "unix"]
    let text = (rules + ["deny /etc/secret rw"]).map { "  \($0),\n" }.joined()
    try Data("profile \(name) flags=(attach_disconnected,mediate_deleted) {\n\(text)}\n".utf8)
      .write(to: URL(filePath: file))
    func parser(_ option: String) throws {
      try scratch.run(["/usr/sbin/apparmor_parser", option, "--skip-cache", file], timeout: 60).succeed()
    }
    try parser("--replace")
    do { try body(name) } catch {
      try parser("--remove")
      throw error
    }
    try parser("--remove")
  }

  private static let label = "cat /proc/self/attr/current"

  @Test(.appArmor) func profileConfinesTheProgram() throws {
    try withProfile { name in
      let container = try Container { $0["process.apparmorProfile"] = .string(name) }
      try Data("secret\n".utf8).write(to: URL(filePath: container.rootfs + "/etc/secret"))
      let output = try container.run("\(Self.label); cat /etc/passwd | head -1; cat /etc/secret")
      #expect(output.lines == ["\(name) (enforce)", "root:x:0:0:root:/root:/bin/sh"])
      #expect(output.stderr.contains("/etc/secret") && output.stderr.contains("Permission denied"))
    }
  }

  /// exec has the container's profile, or the one that it is asked for.
  @Test(.appArmor) func profileConfinesExec() throws {
    try withProfile { name in
      let container = try Container { $0["process.apparmorProfile"] = .string(name) }
      try container.runDetached()
      #expect(readText("/proc/\(try container.pid)/attr/current") == "\(name) (enforce)\n")
      let words = ["/bin/sh", "-c", Self.label]
      #expect(try container.exec(words).succeed().stdout == "\(name) (enforce)\n")
      let plain = try Container()
      try plain.runDetached()
      #expect(try plain.exec(words).succeed().stdout == "unconfined\n")
      #expect(try plain.exec(words, options: ["--apparmor", name]).succeed().stdout == "\(name) (enforce)\n")
      for id in [container, plain] { try id.delete("--force").succeed() }
    }
  }

  @Test(.appArmor) func missingProfileIsNamed() throws {
    try Container { $0["process.apparmorProfile"] = "apus-nowhere" }
      .expectRefusal(saying: "AppArmor profile apus-nowhere: no such file or directory", "process.apparmorProfile")
    let container = try Container()
    try container.runDetached()
    let output = try container.exec(["/bin/true"], options: ["--apparmor", "apus-nowhere"])
    try container.expectRefusal(of: output, saying: "apus-nowhere", leavesNothing: false)
  }

  // MARK: SELinux, without a policy: the kernel knows the labels that it was born with

  @Test(.seLinux) func labelIsThatOfTheConfig() throws {
    let container = try Container { $0["process.selinuxLabel"] = "unlabeled" }
    #expect(try container.run("\(Self.label) | tr -d '\\0'; echo").succeed().stdout == "unlabeled\n")
    let plain = try Container()
    try plain.runDetached()
    let words = ["/bin/sh", "-c", "\(Self.label) | tr -d '\\0'; echo"]
    #expect(try plain.exec(words).succeed().stdout == "kernel\n")
    #expect(try plain.exec(words, options: ["--process-label", "unlabeled"]).succeed().stdout == "unlabeled\n")
  }

  /// The kernel takes any label while it has no policy, and gives another: what is found is compared.
  @Test(.seLinux) func labelThatDidNotTakeIsRefused() throws {
    let label = "system_u:system_r:container_t:s0"
    try Container { $0["process.selinuxLabel"] = .string(label) }
      .expectRefusal(saying: "\"\(label)\" was written and \"kernel\" was found", "process.selinuxLabel")
  }
}
