import Foundation
import Testing

/// Labels of security modules. On a host without the module a configuration that asks for one is refused by name: who
/// sets a label relies on it.
@Suite(.scratch) struct SecurityLabelTests {
  static let properties: [(property: String, module: String)] = [
    ("process.apparmorProfile", "apparmor"), ("process.selinuxLabel", "selinux"), ("linux.mountLabel", "selinux"),
  ]

  @Test(arguments: properties.indices) func labelThatNobodyEnforcesIsRefused(index: Int) throws {
    let (property, module) = Self.properties[index]
    if module == "apparmor" ? SecurityModule.hasAppArmor : SecurityModule.hasSELinux { return }
    let container = try Container { $0[property] = "system_u:object_r:container_t:s0" }
    try container.expectRefusal(saying: "config.json.\(property): \(module) is not enabled on this host")
  }

  @Test func emptyLabelIsNone() throws {
    let container = try Container { config in
      for (property, _) in Self.properties { config[property] = "" }
    }
    try container.run("true").succeed()
  }

  @Test func labelsOfExecAreRefusedToo() throws {
    let container = try Container()
    try container.runDetached()
    for (option, property, isThere) in [
      ("--apparmor", "apparmorProfile", SecurityModule.hasAppArmor),
      ("--process-label", "selinuxLabel", SecurityModule.hasSELinux),
    ] where !isThere {
      let output = try container.exec(["/bin/true"], options: [option, "label"])
      try container.expectRefusal(of: output, saying: "process.\(property): ", "not enabled", leavesNothing: false)
    }
  }
}
