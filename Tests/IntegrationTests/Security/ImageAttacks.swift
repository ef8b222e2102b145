import Foundation
import Testing

/// Images whose files stand where the runtime makes, mounts or looks for something (sections A and B of the security
/// cases).
@Suite(.scratch) struct ImageAttacks {
  /// A name in the image that leads to a folder of the host, and what in the config makes something there.
  struct Link: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: String
    var target = ""
    let edit: @Sendable (inout JSONValue) -> Void
  }

  static let links: [Link] = [
    Link(testDescription: "B4 (CVE-2026-41579, CVE-2026-47766): devices", name: "dev") {
      $0.dropMounts(below: "/dev")
    },
    Link(testDescription: "B2 (CVE-2024-45310): the folders of a mount point", name: "lnk") {
      $0.append(["destination": "/lnk/a/b", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    },
    Link(testDescription: "B5 (CVE-2019-18837): the target of a bind mount", name: "etc/hosts", target: "/new") {
      $0.append(
        ["destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["bind"]], to: "mounts")
    },
    Link(testDescription: "B6 (CVE-2025-24965): the working folder", name: "work") { $0["process.cwd"] = "/work/a" },
  ]

  @Test("What the runtime makes is made where a link of the image leads", arguments: links)
  func linkLeadsOut(_ link: Link) throws {
    try expectDefence("paths-in-root") {
      let container = try Container {
        $0["root.readonly"] = false
        link.edit(&$0)
      }
      let canary = try CanaryFile(in: container.scratch)
      try container.link(link.name, to: canary.folder + link.target)
      #expect(try container.run("true").status < 128)
      return canary.isTouched
    }
  }

  @Test("B10: a destination that climbs above the root")
  func climbingDestination() throws {
    // The kernel keeps what climbs inside as well.
    try expectDefence("lexical-paths paths-in-root") {
      let container = try Container { $0["root.readonly"] = false }
      let canary = try CanaryFile(in: container.scratch)
      let climb = String(repeating: "/..", count: 12)
      try container.edit {
        $0.append(
          ["destination": .string("\(climb)\(canary.folder)/new"), "type": "tmpfs", "source": "tmpfs"], to: "mounts")
      }
      #expect(try container.run("true").status < 128)
      return canary.isTouched
    }
  }

  /// A chmod by name did it, in the moment after the look.
  @Test("A5, B4: a device of the image is exchanged for a link while it is given its mode")
  func exchangedDevice() throws {
    try expectDefence("device-in-place") {
      let container = try Container {
        $0["root.readonly"] = false
        $0.dropMounts(below: "/dev")
        $0["process.args"] = ["true"]
      }
      let canary = try CanaryFile(in: container.scratch)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: canary.path)
      let device = container.rootfs + "/dev/null"
      try container.scratch.run(["/usr/bin/mknod", "-m", "600", device, "c", "1", "3"]).succeed()
      try container.link("dev/link", to: canary.path)
      let swapper = try exchanger(device, container.rootfs + "/dev/link", container.scratch)
      func mode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: canary.path)[.posixPermissions] as? Int
      }
      for _ in 0..<25 where try mode() == 0o600 { #expect(try container.run().status < 128) }
      swapper.signal(9)
      return try mode() != 0o600
    }
  }

  @Test("B1, B2 (CVE-2021-30465): a volume whose folder is exchanged for a link while it is mounted on")
  func exchangedMountPoint() throws {
    try expectDefence("paths-in-root") {
      let container = try Container { $0["root.readonly"] = false }
      let canary = try CanaryFile(in: container.scratch)
      let volume = container.scratch.path("volume-" + container.id)
      try FileManager.default.createDirectory(atPath: volume + "/a", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: volume + "/b", withDestinationPath: canary.folder)
      try container.edit { config in
        config.append(
          ["destination": "/vol", "type": "bind", "source": .string(volume), "options": ["rbind", "rw"]], to: "mounts")
        for number in 0..<6 {
          config.append(["destination": "/vol/a/n\(number)/x", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
        }
        config["process.args"] = ["true"]
      }
      let swapper = try exchanger(volume + "/a", volume + "/b", container.scratch)
      for _ in 0..<25 where !canary.isTouched { #expect(try container.run().status < 128) }
      swapper.signal(9)
      #expect(container.scratch.mountChanges().isEmpty)
      return canary.isTouched
    }
  }

  @Test("B9: a bind source that is exchanged all the time is one of the two, whole")
  func exchangedSource() throws {
    let container = try Container()
    let (one, two) = (container.scratch.path("one"), container.scratch.path("two"))
    try Data("one\n".utf8).write(to: URL(filePath: one))
    try Data("two\n".utf8).write(to: URL(filePath: two))
    try FileManager.default.createSymbolicLink(atPath: container.scratch.path("l1"), withDestinationPath: one)
    try FileManager.default.createSymbolicLink(atPath: container.scratch.path("l2"), withDestinationPath: two)
    try container.edit {
      $0["process.args"] = ["cat", "/etc/group"]
      $0.append(
        [
          "destination": "/etc/group", "type": "bind", "source": .string(container.scratch.path("l1")),
          "options": ["bind"],
        ], to: "mounts")
    }
    let swapper = try exchanger(container.scratch.path("l1"), container.scratch.path("l2"), container.scratch)
    for _ in 0..<15 { #expect(["one\n", "two\n"].contains(try container.run().succeed().stdout)) }
    swapper.signal(9)
  }

  private func exchanger(_ one: String, _ other: String, _ scratch: Scratch) throws -> RunningCommand {
    let program = """
      import ctypes, sys
      libc = ctypes.CDLL(None)
      one, other = (word.encode() for word in sys.argv[1:])
      print("ready", flush=True)
      while True: libc.renameat2(-100, one, -100, other, 2)
      """
    return try PythonHelper(program, one, other, in: scratch).command
  }

  @Test("B3 (CVE-2019-19921 and its kin): /proc of the image is a link")
  func linkedProc() throws {
    try expectDefence("plain-proc") {
      let container = try Container()
      try container.link("proc", to: "/evil")
      try FileManager.default.createDirectory(atPath: container.rootfs + "/evil", withIntermediateDirectories: false)
      return try container.run("true").status == 0
    }
  }

  @Test("B3, A7 (CVE-2019-16884): a volume stands for procfs")
  func volumeForProc() throws {
    try expectDefence("procfs-on-proc") {
      let container = try Container()
      let source = container.scratch.path("fake-" + container.id)
      try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
      try container.edit {
        $0["linux.maskedPaths"] = []
        $0["linux.readonlyPaths"] = []
        $0["mounts.0"] = ["destination": "/proc", "type": "bind", "source": .string(source), "options": ["bind"]]
      }
      return try container.run("true").status == 0
    }
  }

  /// runc 1.1.5 and crun 1.8.1 accept it.
  @Test("A7 (CVE-2025-52881): a mount over a part of procfs", arguments: ["/proc/self/attr", "/proc/sys/kernel"])
  func mountOverProc(destination: String) throws {
    try expectDefence("nothing-over-proc") {
      let container = try Container {
        $0.append(["destination": .string(destination), "type": "tmpfs", "source": "tmpfs"], to: "mounts")
      }
      return try container.run("true").status == 0
    }
  }

  @Test("A5 (CVE-2025-31133): what is bound over masked files is not the null device")
  func falseNullDevice() throws {
    try expectDefence("null-device") {
      let container = try Container {
        $0["linux.maskedPaths"] = ["/etc/passwd"]
        $0["process.args"] = ["/bin/sh", "-c", "echo pwned >/etc/passwd"]
      }
      let canary = try CanaryFile(in: container.scratch)
      // The runtime may itself be in a container whose /dev somebody else has made.
      let script = "mount --bind '\(canary.path)' /dev/null && exec \"$@\""
      let words = ["/usr/bin/unshare", "-m", "/bin/bash", "-c", script, "bash"] + container.words("run")
      #expect(try container.scratch.run(words).status < 128)
      return canary.isTouched
    }
  }

  /// runc 1.1.5 and crun 1.8.1 write the container's standard output through such a link.
  @Test("A5, B4: something else stands where a device is made")
  func fileForADevice() throws {
    try expectDefence("device-in-place") {
      let container = try Container {
        $0["root.readonly"] = false
        $0.dropMounts(below: "/dev")
      }
      try Data("image".utf8).write(to: URL(filePath: container.rootfs + "/dev/null"))
      return try container.run("test -f /dev/null && cat /dev/null").stdout == "image"
    }
  }

  /// crun 1.8.1 makes the file on the host.
  @Test("A6 (CVE-2025-52565): /dev/console is a link to where a file would be made")
  func linkedConsole() throws {
    try expectDefence("console-in-place") {
      let container = try Container {
        $0["process.terminal"] = true
        $0["process.args"] = ["true"]
        $0["root.readonly"] = false
        $0.dropMounts(below: "/dev")
        $0.append(
          [
            "destination": "/dev/pts", "type": "devpts", "source": "devpts",
            "options": ["newinstance", "ptmxmode=0666"],
          ], to: "mounts")
      }
      let canary = try CanaryFile(in: container.scratch)
      try container.link("dev/console", to: canary.folder + "/new")
      let session = try TerminalSession(container.words("run"), in: container.scratch, [])
      #expect(session.status != 0)
      return canary.isTouched
    }
  }

  @Test("B7: root.path is a link")
  func linkedRoot() throws {
    try expectDefence("root-without-links") {
      // Without a mount namespace: with one, a link is no place to attach a mount to either.
      let container = try Container { config in
        config["root.path"] = "link"
        config["root.readonly"] = false
        config.dropNamespace("mount")
        for property in ["mounts", "linux.maskedPaths", "linux.readonlyPaths"] { config[property] = [] }
      }
      try FileManager.default.createSymbolicLink(
        atPath: container.bundle + "/link", withDestinationPath: container.rootfs)
      return try container.run("true").status == 0
    }
  }

  @Test(
    "B5, B6 (CVE-2019-18837, CVE-2025-24965): every name that the runtime makes is a link in the image",
    arguments: ["etc/hosts", "dev/null", "dev/ptmx", "dev/fd", "dev/console", "dev/shm", "dev/mqueue", "work", "vol"])
  func linkForWhatIsMade(name: String) throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["process.cwd"] = "/work/a"
      $0.dropMounts(below: "/dev")
      $0.append(["destination": "/vol/x", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    }
    let source = container.scratch.path("hosts")
    try Data("127.0.0.1 localhost\n".utf8).write(to: URL(filePath: source))
    try container.edit {
      $0.append(
        ["destination": "/etc/hosts", "type": "bind", "source": .string(source), "options": ["bind"]], to: "mounts")
    }
    let canary = try CanaryFile(in: container.scratch)
    for target in [canary.folder, canary.path, canary.folder + "/new"] {
      try container.link(name, to: target)
      #expect(try container.run("true").status < 128)
      #expect(!canary.isTouched, "\(target)")
    }
  }

  @Test("B8: tmpcopyup copies what a link of the image leads to")
  func copyingUpALink() throws {
    try expectDefence("copy-up-links") {
      let container = try Container {
        $0.append(
          ["destination": "/data", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]], to: "mounts")
      }
      let canary = try CanaryFile(in: container.scratch)
      try FileManager.default.createDirectory(
        atPath: container.rootfs + "/data", withIntermediateDirectories: false)
      try container.link("data/file", to: canary.path)
      return try container.run("cat /data/file").stdout == "keep"
    }
  }

  @Test("B8: tmpcopyup follows no link, copies what it finds, and ends")
  func copyingUp() throws {
    let container = try Container { config in
      config.append(
        [
          "destination": "/data", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"],
        ], to: "mounts")
    }
    let canary = try CanaryFile(in: container.scratch)
    let data = container.rootfs + "/data"
    let files = FileManager.default
    try files.createDirectory(atPath: data + "/deep", withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: data + "/file", withDestinationPath: canary.path)
    try files.createSymbolicLink(atPath: data + "/folder", withDestinationPath: canary.folder)
    try Data("own".utf8).write(to: URL(filePath: data + "/deep/own"))
    try files.linkItem(atPath: data + "/deep/own", toPath: data + "/hard")
    try container.scratch.run(["/usr/bin/mkfifo", data + "/fifo"]).succeed()
    for number in 0..<2000 { try Data().write(to: URL(filePath: "\(data)/deep/\(number)")) }
    let script = "cat /data/hard; test -p /data/fifo && test -L /data/folder && ls /data/deep | wc -l; cat /data/file"
    let output = try container.run(script)
    #expect(output.stdout == "own2001\n", "\(output)")
    #expect(!canary.isTouched)
  }
}
