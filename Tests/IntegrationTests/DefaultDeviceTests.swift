import Foundation
import Testing

/// The devices and links that every container gets (runtime-spec, config-linux, default devices).
@Suite(.scratch) struct DefaultDeviceTests {
  @Test(arguments: [
    ("null", "1:3"), ("zero", "1:5"), ("full", "1:7"), ("random", "1:8"), ("urandom", "1:9"), ("tty", "5:0"),
  ])
  func deviceHasItsNumbersAndMode(name: String, numbers: String) throws {
    let output = try Container().run("stat -c '%F %t:%T %a %u:%g' /dev/\(name)")
    #expect(try output.succeed().stdout == "character special file \(numbers) 666 0:0\n")
  }

  @Test(arguments: [
    ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
  ])
  func linkPointsToItsTarget(name: String, target: String) throws {
    #expect(try Container().run("readlink /dev/\(name)").succeed().stdout == target + "\n")
  }

  @Test func nothingElseIsInDev() throws {
    let expected: Set = [
      "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom",
      "zero",
    ]
    let found = Set(try Container().run("ls /dev").succeed().lines)
    // The link to /proc/kcore is there where the kernel has the file.
    #expect(found.subtracting(["core"]) == expected)
  }

  @Test func devicesWork() throws {
    let output = try Container { $0["process.user.uid"] = 1000 }
      .run("echo x >/dev/null && head -c 3 /dev/zero | od -An -tx1 && head -c 8 /dev/urandom | wc -c; echo >/dev/full")
    #expect(output.lines.map { $0.trimmingCharacters(in: .whitespaces) } == ["00 00 00", "8"])
    #expect(output.stderr.contains("No space left on device"))
  }

  @Test func newPseudoTerminalBelongsToTheContainer() throws {
    let output = try Container().run("ls /dev/pts; stat -c %a /dev/pts/ptmx")
    #expect(try output.succeed().lines == ["ptmx", "666"])
  }

  /// D3: with no rule but the default one, everything except the specification's devices is denied.
  @Test(arguments: [("b", "254", "0"), ("c", "1", "11"), ("c", "1", "2"), ("c", "10", "232")])
  func otherDevicesAreDenied(type: String, major: String, minor: String) throws {
    let container = try Container {
      $0.grant(["CAP_MKNOD"])
      $0["mounts.1.options"] = ["nosuid", "mode=755"]
    }
    let output = try container.run("mknod /dev/other \(type) \(major) \(minor); head -c 1 /dev/other; true")
    #expect(output.stderr.contains("Operation not permitted"))
    #expect(output.stdout.isEmpty)
  }

  /// D3: the default devices can still be made and read with CAP_MKNOD.
  @Test func defaultDeviceMayBeMade() throws {
    let container = try Container { $0.grant(["CAP_MKNOD"]) }
    let output = try container.run("mknod /dev/other c 1 5 && head -c 2 /dev/other | wc -c")
    #expect(try output.succeed().stdout == "2\n")
  }

  /// The device of /dev/fuse: it opens without any capability, but no default rule allows it.
  /// Podman's --privileged gives the mode as stat(2) does, with the bits of the file's type.
  @Test(arguments: [true, false], [0o640, 0o020640])
  func extraDeviceIsMadeAndObeysItsRule(allowed: Bool, mode: Int) throws {
    let container = try Container {
      $0["linux.devices"] = [
        ["path": "/dev/extra", "type": "c", "major": 10, "minor": 229, "fileMode": .integer(mode), "uid": 0, "gid": 4]
      ]
      if allowed {
        $0.append(
          ["allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"], to: "linux.resources.devices")
      }
    }
    let output = try container.run("stat -c '%t:%T %a %u:%g' /dev/extra; head -c 0 /dev/extra && echo opened")
    #expect(output.lines == ["a:e5 640 0:4"] + (allowed ? ["opened"] : []))
    #expect(output.stderr.contains("Operation not permitted") != allowed)
  }
}
