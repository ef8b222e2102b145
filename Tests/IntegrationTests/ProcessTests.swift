import Foundation
import Testing

/// The process of the config: identity, environment, arguments, working folder.
@Suite(.scratch) struct ProcessTests {
  /// The runtime's user may enter what the container's may not, and the other way round.
  @Test func workingDirectoryThatOnlyTheRuntimeMayEnter() throws {
    let container = try Container {
      $0["process.cwd"] = "/root"
      $0["process.user"] = ["uid": 1000, "gid": 1000]
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: container.rootfs + "/root")
    #expect(try container.run("pwd").succeed().stdout == "/root\n")
  }

  @Test func emptyHomeIsNone() throws {
    let container = try Container { $0["process.env"] = ["PATH=/bin", "HOME=/a", "HOME="] }
    #expect(try container.run("echo $HOME").succeed().stdout == "/root\n")
  }

  /// The check before execve(2) goes by the effective capabilities.
  @Test(.root("the file is of the machine's root")) func programOfRootsForAUserWithTheCapability() throws {
    let container = try Container {
      $0.grant(["CAP_DAC_OVERRIDE"])
      $0["process.user"] = ["uid": 1000, "gid": 1000]
      $0["process.args"] = ["/tiny"]
    }
    for set in ["inheritable", "ambient"] {
      try container.edit { $0["process.capabilities.\(set)"] = ["CAP_DAC_OVERRIDE"] }
    }
    try TinyProgram.succeed.write(to: container.rootfs + "/tiny", mode: 0o700)
    try container.run().succeed()
  }

  @Test func defaultIsRoot() throws {
    let status = processStatus(try Container().run("cat /proc/self/status").succeed().stdout)
    #expect(status["Uid"] == "0\t0\t0\t0")
    #expect(status["Gid"] == "0\t0\t0\t0")
  }

  /// C3: the ids are the config's alone, in every slot; nothing of the runtime's own groups stays.
  @Test(.root("an ordinary user sets no groups")) func userGroupsAndUmaskAreTheConfigs() throws {
    let container = try Container {
      $0["process.user"] = ["uid": 1000, "gid": 1001, "additionalGids": [7, 8], "umask": 0o77]
    }
    let output = try container.run("cat /proc/self/status; umask").succeed()
    let status = processStatus(output.stdout)
    #expect(status["Uid"] == "1000\t1000\t1000\t1000")
    #expect(status["Gid"] == "1001\t1001\t1001\t1001")
    #expect(status["Groups"]?.split(separator: " ") == ["7", "8"])
    #expect(output.lines.last == "0077")
  }

  @Test(.root("an ordinary user keeps its groups, as under runc")) func withoutAdditionalGroupsThereAreNone() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    let status = processStatus(try container.run("cat /proc/self/status").succeed().stdout)
    #expect(status["Groups"] == "")
  }

  @Test(.root("without the right to search it cannot use its own folders")) func umaskIsNotTheRuntimes() throws {
    let container = try Container { $0["process.args"] = ["/bin/sh", "-c", "umask"] }
    let shell = ["/bin/sh", "-c", "umask 0111; exec \"$@\"", "sh"]
    #expect(try container.scratch.run(shell + container.words("run")).succeed().stdout == "0022\n")
  }

  /// C14: the environment is the config's and HOME; nothing of the runtime's own.
  @Test func environmentIsTheConfigs() throws {
    let container = try Container {
      $0["process.args"] = ["/bin/env"]
      $0["process.env"] = ["PATH=/bin", "A=1", "EMPTY=", "WITH=an = and  spaces", "B=ü"]
    }
    let command = try container.scratch.start(
      container.words("run"), environment: ["SECRET=leak", "APUS_X=1", "NOTIFY_TEST=1", "LD_BIND_NOW=1"])
    let lines = try command.wait().succeed().lines
    #expect(Set(lines) == ["PATH=/bin", "A=1", "EMPTY=", "WITH=an = and  spaces", "B=ü", "HOME=/root"])
    #expect(lines.count == 6)
  }

  @Test func homeIsTheUsersInTheContainer() throws {
    let container = try Container {
      $0["process.args"] = ["/bin/env"]
      $0["process.user"] = ["uid": 1000, "gid": 1000]
    }
    #expect(try container.run().succeed().lines.contains("HOME=/home/alice"))
  }

  @Test func homeOfTheConfigStays() throws {
    let container = try Container {
      $0["process.args"] = ["/bin/env"]
      $0.append("HOME=/elsewhere", to: "process.env")
    }
    #expect(try container.run().succeed().lines.filter { $0.hasPrefix("HOME=") } == ["HOME=/elsewhere"])
  }

  /// C14: of a variable that is given twice the process sees the last value.
  @Test func lastOfDuplicateVariablesWins() throws {
    let container = try Container { $0["process.env"] = ["PATH=/bin", "A=first", "A=last"] }
    #expect(try container.run("echo $A; env | grep -c ^A=").succeed().lines == ["last", "1"])
  }

  @Test func largeEnvironmentPasses() throws {
    let value = String(repeating: "x", count: 100_000)
    let container = try Container {
      for name in ["A", "B", "C", "D"] { $0.append(.string("\(name)=\(value)"), to: "process.env") }
    }
    #expect(try container.run("echo ${#A} ${#D}").succeed().stdout == "100000 100000\n")
  }

  @Test func argumentsArriveAsTheyAre() throws {
    let arguments = ["cat", "/proc/self/cmdline", "--", "/dev/null"]
    let container = try Container { $0["process.args"] = .strings(arguments) }
    #expect(try container.run().succeed().stdout.split(separator: "\0").map(String.init) == arguments)
  }

  @Test func emptyAndOddArgumentsArrive() throws {
    let container = try Container {
      $0["process.args"] = [
        "/bin/sh", "-c", "for a in \"$@\"; do echo \"[$a]\"; done", "sh", "", " a  b ", "ü\tx", "*",
      ]
    }
    #expect(try container.run().succeed().lines == ["[]", "[ a  b ]", "[ü\tx]", "[*]"])
  }

  @Test func programIsSearchedInTheContainersPath() throws {
    let container = try Container {
      $0["process.args"] = ["hello"]
      $0["process.env"] = ["PATH=/nowhere:/opt/tools"]
    }
    try FileManager.default.createDirectory(
      atPath: container.rootfs + "/opt/tools", withIntermediateDirectories: true)
    try makeScript("#!/bin/sh\necho found\n", at: container.rootfs + "/opt/tools/hello")
    #expect(try container.run().succeed().stdout == "found\n")
  }

  /// A file that cannot be executed, or a folder, does not end the search in PATH.
  @Test func searchSkipsWhatIsNotExecutable() throws {
    let container = try Container {
      $0["process.args"] = ["hello"]
      $0["process.env"] = ["PATH=/one:/two:/three"]
    }
    try FileManager.default.createDirectory(atPath: container.rootfs + "/one/hello", withIntermediateDirectories: true)
    for folder in ["two", "three"] {
      try FileManager.default.createDirectory(
        atPath: "\(container.rootfs)/\(folder)", withIntermediateDirectories: true)
      try makeScript("#!/bin/sh\necho \(folder)\n", at: "\(container.rootfs)/\(folder)/hello")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: container.rootfs + "/two/hello")
    #expect(try container.run().succeed().stdout == "three\n")
  }

  @Test func relativeProgramIsBelowTheWorkingFolder() throws {
    let container = try Container {
      $0["process.args"] = ["./hello"]
      $0["process.cwd"] = "/opt"
    }
    try FileManager.default.createDirectory(atPath: container.rootfs + "/opt", withIntermediateDirectories: true)
    try makeScript("#!/bin/sh\npwd\n", at: container.rootfs + "/opt/hello")
    #expect(try container.run().succeed().stdout == "/opt\n")
  }

  @Test(arguments: ["/", "/etc", "/proc/sys/kernel", "/dev/shm"])
  func workingFolderIsTheConfigs(path: String) throws {
    let container = try Container { $0["process.cwd"] = .string(path) }
    #expect(try container.run("pwd; readlink /proc/self/cwd").succeed().lines == [path, path])
  }

  @Test func hostnameAndDomainnameAreTheConfigs() throws {
    let container = try Container {
      $0["hostname"] = "swift.example"
      $0["domainname"] = "nis.example"
    }
    let output = try container.run("hostname; cat /proc/sys/kernel/domainname")
    #expect(try output.succeed().lines == ["swift.example", "nis.example"])
    #expect(!readText("/proc/sys/kernel/hostname").hasPrefix("swift.example"))
  }

  @Test func processIsTheFirstOfItsNamespace() throws {
    #expect(try Container().run("echo $$; ls /proc | grep -c '^[0-9]'").succeed().lines.first == "1")
  }

  @Test func standardInputReachesTheProcess() throws {
    let container = try Container()
    let input = container.scratch.path("input")
    try Data("from outside\n".utf8).write(to: URL(filePath: input))
    #expect(
      try container.startRunning("cat; echo end", stdin: input).wait().succeed().lines == ["from outside", "end"])
  }

  @Test func outputsStayApart() throws {
    let output = try Container().run("echo out; echo err >&2")
    #expect(output.stdout == "out\n")
    #expect(output.stderr == "err\n")
  }

  @Test func oomScoreAdjustmentIsTheConfigs() throws {
    let container = try Container { $0["process.oomScoreAdj"] = 321 }
    #expect(try container.run("cat /proc/self/oom_score_adj").succeed().stdout == "321\n")
  }

  /// Attributes that a caller may have changed look as from a clean parent: no blocked or ignored signal.
  @Test func inheritedSignalsAreReset() throws {
    let container = try Container { $0["process.args"] = ["/bin/cat", "/proc/self/status"] }
    let shell = ["/bin/sh", "-c", "trap '' PIPE HUP INT USR1; exec \"$@\"", "sh"]
    let status = processStatus(try container.scratch.run(shell + container.words("run")).succeed().stdout)
    // Signals 32 and 33 belong to glibc, which ignores them in what it spawns.
    let ignored = try #require(UInt64(status["SigIgn"] ?? "", radix: 16))
    #expect(ignored & ~(3 << 31) == 0)
    #expect(status["SigBlk"] == "0000000000000000")
    #expect(status["Seccomp"] == "0")
  }
}

/// Writes an executable script.
func makeScript(_ text: String, at path: String) throws {
  try Data(text.utf8).write(to: URL(filePath: path))
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
}
