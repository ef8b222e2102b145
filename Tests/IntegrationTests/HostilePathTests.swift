import Foundation
import Testing

/// Images and bundles whose paths lead out of the root file system.
@Suite(.scratch) struct HostilePathTests {
  /// A folder of the host that an image tries to reach, with a file that must stay as it is.
  struct Canary {
    let folder: String

    init(in scratch: Scratch) throws {
      folder = scratch.path("canary")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try Data("keep".utf8).write(to: URL(filePath: folder + "/ptmx"))
    }

    func expectUntouched(sourceLocation: SourceLocation = #_sourceLocation) throws {
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder) == ["ptmx"], sourceLocation: sourceLocation)
      #expect(readText(folder + "/ptmx") == "keep", sourceLocation: sourceLocation)
    }
  }

  /// Replaces a file of the root file system by a link.
  private func link(_ name: String, to target: String, in container: Container) throws {
    try? FileManager.default.removeItem(atPath: container.rootfs + "/" + name)
    try FileManager.default.createSymbolicLink(atPath: container.rootfs + "/" + name, withDestinationPath: target)
  }

  /// The link that leads from the root file system to a folder of the host, relative.
  private func climbing(to path: String) -> String { "../../../../../../.." + path }

  /// B2 (CVE-2024-45310): folders for a mount are made inside, however the image links.
  @Test(arguments: [true, false]) func mountPointIsMadeInside(relative: Bool) throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0.append(["destination": "/lnk/a/b", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    }
    let canary = try Canary(in: container.scratch)
    try link("lnk", to: relative ? climbing(to: canary.folder) : canary.folder, in: container)
    let output = try container.scratch.run(container.words("run"))
    #expect(output.status < 128)
    try canary.expectUntouched()
  }

  /// B3 (CVE-2019-19921 and its kin): /proc and /sys of the image are links.
  @Test(arguments: ["proc", "sys"]) func linkedProcIsRefused(name: String) throws {
    let container = try Container()
    try link(name, to: "/evil", in: container)
    try FileManager.default.createDirectory(atPath: container.rootfs + "/evil", withIntermediateDirectories: false)
    try container.expectRefusal(saying: "/" + name)
  }

  /// B3: a volume is no /proc.
  @Test func volumeOnProcIsRefused() throws {
    let container = try Container()
    let source = container.scratch.path("fake-proc")
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
    try container.edit {
      $0["mounts.0"] = ["destination": "/proc", "type": "bind", "source": .string(source), "options": ["bind"]]
    }
    try container.expectRefusal(saying: "/proc")
  }

  /// A7 (CVE-2025-52881): a mount over parts of /proc would swallow what the runtime writes there.
  @Test(arguments: ["/proc/self/attr", "/proc/sys/kernel", "/proc/self/fd", "/sys/../proc/sys"])
  func mountInsideProcIsRefused(destination: String) throws {
    let container = try Container {
      $0.append(["destination": .string(destination), "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    }
    try container.expectRefusal(saying: "/proc")
  }

  /// A7: what lxcfs mounts stays possible.
  @Test func bindOnProcUptimeIsAllowed() throws {
    let container = try Container()
    let source = container.scratch.path("uptime")
    try Data("1.00 1.00\n".utf8).write(to: URL(filePath: source))
    try container.edit {
      $0.append(
        ["destination": "/proc/uptime", "type": "bind", "source": .string(source), "options": ["bind"]], to: "mounts")
    }
    #expect(try container.run("cat /proc/uptime").succeed().stdout == "1.00 1.00\n")
  }

  /// B4 (CVE-2026-41579, CVE-2026-47766): without a mount on /dev, devices and links are made where the image's /dev
  /// leads, but never outside.
  @Test(arguments: [true, false]) func linkedDevLeavesTheHostAlone(relative: Bool) throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0.dropMounts(below: "/dev")
    }
    let canary = try Canary(in: container.scratch)
    try link("dev", to: relative ? climbing(to: canary.folder) : canary.folder, in: container)
    #expect(try container.scratch.run(container.words("run")).status < 128)
    try canary.expectUntouched()
  }

  /// B4: so with links below /dev.
  @Test(arguments: ["dev/pts", "dev/shm", "dev/fd", "dev/ptmx", "dev/stdin", "dev/zero"])
  func linkBelowDevLeavesTheHostAlone(name: String) throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0.dropMounts(below: "/dev")
    }
    let canary = try Canary(in: container.scratch)
    let target = ["dev/pts", "dev/shm"].contains(name) ? canary.folder : canary.folder + "/ptmx"
    try link(name, to: target, in: container)
    #expect(try container.scratch.run(container.words("run")).status < 128)
    try canary.expectUntouched()
  }

  /// B5 (CVE-2019-18837): the target of a bind is not made behind a link that ends it.
  @Test(arguments: [true, false]) func bindTargetIsMadeInside(relative: Bool) throws {
    let container = try Container()
    let (source, escaped) = (container.scratch.path("source"), container.scratch.path("escaped"))
    try Data("nameserver 192.0.2.1\n".utf8).write(to: URL(filePath: source))
    try link("etc/resolv.conf", to: relative ? climbing(to: escaped) : escaped, in: container)
    try container.edit {
      $0["root.readonly"] = false
      $0["process.args"] = ["cat", "/etc/resolv.conf"]
      $0.append(
        ["destination": "/etc/resolv.conf", "type": "bind", "source": .string(source), "options": ["bind"]],
        to: "mounts")
    }
    let output = try container.run()
    #expect(output.status != 0 || output.stdout == "nameserver 192.0.2.1\n")
    #expect(!fileExists(escaped))
  }

  /// A5 (CVE-2025-31133 and its kin): /dev/null of the image is something else; nothing is written through it.
  @Test(arguments: ["link", "climbing link", "dangling", "file", "fifo", "folder", "other device"])
  func falseNullDeviceIsNoMask(kind: String) throws {
    let container = try Container {
      $0["mounts"] = [["destination": "/proc", "type": "proc", "source": "proc"]]
      $0["linux.maskedPaths"] = ["/proc/kcore", "/proc/keys"]
      $0["process.args"] = ["/bin/sh", "-c", "echo PWNED; cat /proc/keys"]
    }
    let canary = try Canary(in: container.scratch)
    let null = container.rootfs + "/dev/null"
    switch kind {
    case "link": try link("dev/null", to: canary.folder + "/ptmx", in: container)
    case "climbing link": try link("dev/null", to: climbing(to: canary.folder + "/ptmx"), in: container)
    case "dangling": try link("dev/null", to: canary.folder + "/new", in: container)
    case "file": try Data("image".utf8).write(to: URL(filePath: null))
    case "fifo": try container.scratch.run(["/usr/bin/mkfifo", null]).succeed()
    case "folder": try FileManager.default.createDirectory(atPath: null, withIntermediateDirectories: false)
    default: try container.scratch.run(["/bin/mknod", null, "c", "1", "5"]).succeed()
    }
    let output = try container.scratch.start(container.words("run")).wait(timeout: 10)
    // Refusing is right; so is masking by the runtime's own device. Either way the key list is not told.
    #expect(output.status != 0 || output.stdout == "PWNED\n", "\(output)")
    try canary.expectUntouched()
  }

  /// B10: destinations are checked before anything is mounted.
  @Test(arguments: ["", "/with\u{0}nul", "/" + String(repeating: "x", count: 5000)])
  func impossibleDestinationIsRefused(destination: String) throws {
    let container = try Container {
      $0.append(["destination": .string(destination), "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    }
    try container.expectRefusal(saying: "mounts")
  }

  /// B10: dots cannot climb out.
  @Test(arguments: ["/../../../escaped", "/tmp/../../../../escaped"])
  func climbingDestinationStaysInside(destination: String) throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0.append(["destination": .string(destination), "type": "tmpfs", "source": "tmpfs"], to: "mounts")
    }
    let output = try container.run("grep -c ' /escaped ' /proc/self/mountinfo")
    #expect(output.status != 0 || output.stdout == "1\n")
    #expect(!fileExists("/escaped") && !fileExists(container.scratch.path("escaped")))
  }

  /// The working folder, masked and read-only paths are the container's, not the host's.
  @Test func maskBehindALinkStaysInside() throws {
    let container = try Container { $0["linux.maskedPaths"] = ["/lnk/ptmx"] }
    let canary = try Canary(in: container.scratch)
    try link("lnk", to: climbing(to: canary.folder), in: container)
    #expect(try container.scratch.run(container.words("run")).status < 128)
    try canary.expectUntouched()
    #expect(container.scratch.mountChanges().isEmpty)
  }

  /// C6, C14: HOME comes from the container's passwd, read without following it out or waiting for it.
  @Test(arguments: ["link", "fifo", "folder", "huge"]) func falsePasswdIsNoHarm(kind: String) throws {
    let container = try Container { $0["process.args"] = ["/bin/env"] }
    let passwd = container.rootfs + "/etc/passwd"
    try FileManager.default.removeItem(atPath: passwd)
    switch kind {
    case "link": try FileManager.default.createSymbolicLink(atPath: passwd, withDestinationPath: "/proc/1/environ")
    case "fifo": try container.scratch.run(["/usr/bin/mkfifo", passwd]).succeed()
    case "folder": try FileManager.default.createDirectory(atPath: passwd, withIntermediateDirectories: false)
    default: try Data(String(repeating: "x:y:z\n", count: 1 << 20).utf8).write(to: URL(filePath: passwd))
    }
    let output = try container.scratch.start(container.words("run")).wait(timeout: 10)
    #expect(output.status == 0 ? output.lines.contains("HOME=/") : output.stderr.hasPrefix("apus: "), "\(output)")
  }

  /// E19 (CVE-2021-43784): sizes that overflow a 16 bit length.
  @Test func manyLongMountsPass() throws {
    let long = String(repeating: "/" + String(repeating: "d", count: 200), count: 15)
    let container = try Container { config in
      config["root.readonly"] = false
      for number in 0..<100 {
        config.append(
          ["destination": "\(long)/\(number)", "type": "tmpfs", "source": "tmpfs", "options": ["size=4k"]], to: "mounts"
        )
      }
    }
    #expect(try container.run("grep -c dddd /proc/self/mountinfo").succeed().stdout == "100\n")
  }
}
