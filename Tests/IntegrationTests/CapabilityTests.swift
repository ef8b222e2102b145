import Foundation
import Testing

/// The five capability sets, as the bit masks of /proc/PID/status.
@Suite(.scratch) struct CapabilityTests {
  /// KILL 5, NET_BIND_SERVICE 10, AUDIT_WRITE 29.
  static let defaults = "0000000020000420"

  @Test func defaultSetsOfRoot() throws {
    let status = processStatus(try Container().run("cat /proc/self/status").succeed().stdout)
    #expect(status["CapBnd"] == CapabilityTests.defaults)
    #expect(status["CapPrm"] == CapabilityTests.defaults)
    #expect(status["CapEff"] == CapabilityTests.defaults)
    #expect(status["CapInh"] == "0000000000000000")
    #expect(status["CapAmb"] == "0000000000000000")
  }

  /// C1 (CVE-2022-29162 and its kin): the template gives no inheritable and no ambient capability.
  @Test func specGivesNothingInheritable() throws {
    let config = try JSONValue(parsing: readText(Container().bundle + "/config.json"))
    #expect(config["process.capabilities.inheritable"] == nil)
    #expect(config["process.capabilities.ambient"] == nil)
  }

  /// Each set alone, seen before exec changes them: the init that waits for `start` has them all.
  @Test func fiveSetsAreTheConfigsBeforeStart() throws {
    let container = try Container {
      $0["process.user"] = ["uid": 1000, "gid": 1000]
      $0["process.capabilities"] = [
        "bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SYS_PTRACE"],
        "permitted": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"],
        "effective": ["CAP_KILL"],
        "inheritable": ["CAP_CHOWN", "CAP_NET_RAW"],
        "ambient": ["CAP_CHOWN"],
      ]
    }
    try container.createSleeping()
    let status = processStatus(readText("/proc/\(try container.pid)/status"))
    #expect(status["CapBnd"] == "0000000000082021")
    #expect(status["CapPrm"] == "0000000000002021")
    #expect(status["CapEff"] == "0000000000000020")
    #expect(status["CapInh"] == "0000000000002001")
    #expect(status["CapAmb"] == "0000000000000001")
  }

  @Test func ambientReachesTheProgramOfAUser() throws {
    let container = try Container {
      $0["process.user"] = ["uid": 1000, "gid": 1000]
      for set in ["bounding", "permitted", "effective", "inheritable", "ambient"] {
        $0["process.capabilities.\(set)"] = ["CAP_NET_BIND_SERVICE"]
      }
    }
    let status = processStatus(try container.run("cat /proc/self/status").succeed().stdout)
    for set in ["CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"] { #expect(status[set] == "0000000000000400") }
  }

  @Test func userWithoutAmbientHasNothing() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    let status = processStatus(try container.run("cat /proc/self/status").succeed().stdout)
    #expect(status["CapBnd"] == CapabilityTests.defaults)
    for set in ["CapPrm", "CapEff", "CapInh", "CapAmb"] { #expect(status[set] == "0000000000000000") }
  }

  @Test func withoutTheProperty() throws {
    let container = try Container { $0["process.capabilities"] = nil }
    let status = processStatus(try container.run("cat /proc/self/status").succeed().stdout)
    for set in ["CapPrm", "CapEff", "CapInh", "CapAmb"] { #expect(status[set] == "0000000000000000") }
  }

  /// C2: an ambient capability that is not permitted is not raised.
  @Test func ambientNeedsPermitted() throws {
    let container = try Container { $0["process.capabilities.ambient"] = ["CAP_SYS_ADMIN"] }
    let output = try container.run("cat /proc/self/status")
    #expect(output.status != 0 || processStatus(output.stdout)["CapAmb"] == "0000000000000000")
  }

  /// A name that this kernel does not know is passed over, whatever it looks like, and told in the log.
  @Test func unknownNameIsAWarning() throws {
    let container = try Container { $0["process.capabilities.bounding"] = ["CAP_CHOWN", "UNKNOWN_CAP", "CAP_BOGUS"] }
    let log = container.scratch.path("log")
    let scratch = container.scratch
    try container.edit { $0["process.args"] = ["cat", "/proc/self/status"] }
    let output = try scratch.run(
      [scratch.apus, "--root", scratch.root, "--log", log, "run", "--bundle", container.bundle, container.id])
    #expect(processStatus(try output.succeed().stdout)["CapBnd"] == "0000000000000001")
    #expect(output.stderr.isEmpty)
    #expect(readText(log).contains("UNKNOWN_CAP") && readText(log).contains("level=warning"))
  }

  /// C1: what the configuration itself makes inheritable is raised for a process that is given it; nothing else is.
  @Test func addedCapabilityIsAmbientOnlyIfInheritable() throws {
    let container = try Container {
      $0.grant(["CAP_KILL"])
      $0["process.capabilities.bounding"] = ["CAP_KILL", "CAP_SYSLOG", "CAP_CHOWN"]
      $0["process.capabilities.inheritable"] = ["CAP_SYSLOG"]
    }
    try container.runDetached()
    for (name, ambient) in [("CAP_SYSLOG", "0000000400000000"), ("CAP_CHOWN", "0000000000000000")] {
      let output = try container.exec(["cat", "/proc/self/status"], options: ["--cap", name])
      #expect(processStatus(try output.succeed().stdout)["CapAmb"] == ambient)
    }
  }

  @Test func effectiveCapabilityWorksAndOthersFail() throws {
    let container = try Container { $0.grant(["CAP_CHOWN"]) }
    let output = try container.run("touch /dev/shm/x && chown 5 /dev/shm/x && stat -c %u /dev/shm/x; date -s 00:00")
    #expect(output.lines.first == "5")
    #expect(output.stderr.contains("Operation not permitted"))
  }

  @Test func noNewPrivilegesIsTheConfigs() throws {
    for (value, expected) in [(JSONValue.bool(true), "1"), (false, "0")] {
      let container = try Container { $0["process.noNewPrivileges"] = value }
      let status = processStatus(try container.run("cat /proc/self/status").succeed().stdout)
      #expect(status["NoNewPrivs"] == expected)
    }
  }

  /// C11: a program of the image that is set-user-id root makes a user root only where new privileges are allowed.
  @Test(arguments: [(true, Int32(1000 & 255)), (false, 0)]) func setUserIDProgram(isHeld: Bool, status: Int32) throws {
    let container = try Container {
      $0["process.noNewPrivileges"] = .bool(isHeld)
      $0["process.user"] = ["uid": 1000, "gid": 1000]
      $0["process.args"] = ["/setuid"]
    }
    try TinyProgram.tellUser.write(to: container.rootfs + "/setuid", mode: 0o4755)
    #expect(try container.run().status == status)
  }
}
