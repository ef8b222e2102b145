import Foundation
import Testing

/// The masked and the read-only paths of the default config.
@Suite(.scratch) struct MaskedPathTests {
  @Test func pathNamedTwiceIsMaskedOnce() throws {
    let container = try Container { $0["linux.maskedPaths"] = ["/tmp", "/tmp", "/tmp/"] }
    let mounts = MountInfo.parse(try container.run("cat /proc/self/mountinfo").succeed().stdout)
    #expect(mounts.filter { $0.mountPoint == "/tmp" }.count == 1)
  }

  static let masked = [
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
  ]
  static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

  @Test func specNamesThem() throws {
    let container = try Container()
    let config = try JSONValue(parsing: readText(container.bundle + "/config.json"))
    let configured = Set(try #require(config["linux.maskedPaths"]?.array).compactMap(\.string))
    #expect(configured.isSuperset(of: MaskedPathTests.masked))
    #expect(config["linux.readonlyPaths"] == .strings(MaskedPathTests.readOnly))
  }

  @Test(arguments: masked.filter(fileExists)) func maskedPathIsEmpty(path: String) throws {
    let output = try Container().run("if [ -d \(path) ]; then ls -A \(path); else cat \(path); fi; echo end")
    #expect(try output.succeed().stdout == "end\n")
  }

  @Test func maskedFolderCannotBeWritten() throws {
    let container = try Container { $0["linux.maskedPaths"] = ["/etc"] }
    let output = try container.run("ls -A /etc; touch /etc/x")
    #expect(output.stdout.isEmpty)
    #expect(output.stderr.contains("Read-only file system"))
  }

  @Test func maskedFileIsTheNullDevice() throws {
    let container = try Container { $0["linux.maskedPaths"] = ["/etc/passwd"] }
    let output = try container.run("cat /etc/passwd; echo x >/etc/passwd; stat -c %t:%T /etc/passwd")
    #expect(output.lines == ["1:3"])
    #expect(readText(container.rootfs + "/etc/passwd").hasPrefix("root:"))
  }

  @Test(arguments: readOnly.filter(fileExists)) func readOnlyPathIsMountedReadOnly(path: String) throws {
    let mounts = MountInfo.parse(try Container().run("cat /proc/self/mountinfo").succeed().stdout)
    let mount = try #require(mounts.last { $0.mountPoint == path })
    #expect(mount.options.contains("ro"))
  }

  @Test func readOnlyPathRefusesWriting() throws {
    let output = try Container().run("echo 1 >/proc/sys/net/ipv4/ip_forward; echo h >/proc/sys/kernel/hostname")
    #expect(output.stderr.split(separator: "\n").filter { $0.contains("Read-only file system") }.count == 2)
  }

  @Test func missingPathsAreNoError() throws {
    let container = try Container {
      $0["linux.maskedPaths"] = ["/nowhere/at/all"]
      $0["linux.readonlyPaths"] = ["/nowhere/either"]
    }
    #expect(try container.run("ls -d /nowhere 2>&1").status != 0)
  }

  /// The read-only bind keeps what the mount below forbids.
  @Test func readOnlyPathKeepsOtherFlags() throws {
    let container = try Container {
      $0["mounts.0.options"] = ["nosuid", "noexec", "nodev"]
    }
    let mounts = MountInfo.parse(try container.run("cat /proc/self/mountinfo").succeed().stdout)
    let mount = try #require(mounts.last { $0.mountPoint == "/proc/sys" })
    #expect(mount.options.isSuperset(of: ["ro", "nosuid", "noexec", "nodev"]))
  }
}
