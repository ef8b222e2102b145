import Foundation
import Testing

/// process.rlimits, as the container's /proc/self/limits tells them.
@Suite(.scratch) struct ResourceLimitTests {
  /// Type, name in /proc/PID/limits, soft, hard. Each can be set by root without CAP_SYS_RESOURCE.
  static let limits: [(String, String, Int, Int)] = [
    ("RLIMIT_AS", "Max address space", 1 << 40, 1 << 41),
    ("RLIMIT_CORE", "Max core file size", 0, 4096),
    ("RLIMIT_CPU", "Max cpu time", 100, 200),
    ("RLIMIT_DATA", "Max data size", 1 << 30, 1 << 31),
    ("RLIMIT_FSIZE", "Max file size", 1 << 20, 1 << 21),
    ("RLIMIT_LOCKS", "Max file locks", 7, 8),
    ("RLIMIT_MEMLOCK", "Max locked memory", 65536, 131072),
    ("RLIMIT_MSGQUEUE", "Max msgqueue size", 1000, 2000),
    ("RLIMIT_NICE", "Max nice priority", 0, 0),
    ("RLIMIT_NOFILE", "Max open files", 100, 200),
    ("RLIMIT_NPROC", "Max processes", 1000, 2000),
    ("RLIMIT_RSS", "Max resident set", 1 << 30, 1 << 31),
    ("RLIMIT_RTPRIO", "Max realtime priority", 0, 0),
    ("RLIMIT_RTTIME", "Max realtime timeout", 5000, 6000),
    ("RLIMIT_SIGPENDING", "Max pending signals", 100, 200),
    ("RLIMIT_STACK", "Max stack size", 1 << 20, 1 << 22),
  ]

  @Test func defaultIsThatOfSpec() throws {
    #expect(try limit("Max open files", in: Container()) == ["1024", "1024"])
  }

  @Test func everyTypeIsSet() throws {
    let container = try Container {
      $0["process.rlimits"] = .array(
        ResourceLimitTests.limits.map { ["type": .string($0.0), "soft": .integer($0.2), "hard": .integer($0.3)] })
    }
    let text = try container.run("cat /proc/self/limits").succeed().stdout
    for (_, name, soft, hard) in ResourceLimitTests.limits {
      #expect(values(of: name, in: text) == [String(soft), String(hard)], "\(name)")
    }
  }

  @Test func largestNumberIsUnlimited() throws {
    let container = try Container {
      $0["process.rlimits"] = [["type": "RLIMIT_CORE", "soft": "MAX", "hard": "MAX"]]
      $0["process.args"] = ["cat", "/proc/self/limits"]
    }
    let text = readText(container.bundle + "/config.json")
    try container.write(text: text.replacing("\"MAX\"", with: "18446744073709551615"))
    #expect(try values(of: "Max core file size", in: container.run().succeed().stdout) == ["unlimited", "unlimited"])
  }

  /// C16: what the config does not set is what the caller had, not what the runtime made of it.
  @Test func unsetLimitIsTheCallers() throws {
    let container = try Container {
      $0["process.rlimits"] = nil
      $0["process.args"] = ["cat", "/proc/self/limits"]
    }
    let shell = ["/bin/sh", "-c", "ulimit -Sn 333; ulimit -Hn 444; ulimit -Sc 0; exec \"$@\"", "sh"]
    let text = try container.scratch.run(shell + container.words("run")).succeed().stdout
    #expect(values(of: "Max open files", in: text) == ["333", "444"])
    #expect(values(of: "Max core file size", in: text).first == "0")
  }

  /// C16: a limit that contradicts itself is an error.
  @Test func hardBelowSoftIsRefused() throws {
    try Container {
      $0["process.rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 200, "hard": 100]]
    }.expectRefusal(saying: "rlimits")
  }

  @Test func unknownTypeIsRefused() throws {
    try Container {
      $0["process.rlimits"] = [["type": "RLIMIT_BOGUS", "soft": 1, "hard": 1]]
    }.expectRefusal(saying: "RLIMIT_BOGUS")
  }

  private func limit(_ name: String, in container: Container) throws -> [String] {
    values(of: name, in: try container.run("cat /proc/self/limits").succeed().stdout)
  }

  private func values(of name: String, in text: String) -> [String] {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + " ") }) else { return [] }
    return line.dropFirst(name.count).split(separator: " ").prefix(2).map(String.init)
  }
}
