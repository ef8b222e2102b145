import Foundation
import Glibc
import Testing

/// Attacks on the runtime's own file, memory and descriptors (section A of the security cases).
@Suite(.scratch) struct BinaryAttacks {
  @Test("A1 (CVE-2019-5736): the container keeps the runtime's file open and writes it later")
  func writingTheBinary() throws {
    try expectDefence("seal") {
      let scratch = try Scratch.current
      let container = try Container()
      let copy = scratch.path("copy-" + container.id)
      try FileManager.default.copyItem(atPath: scratch.apus, toPath: copy)
      try container.edit { $0["process.args"] = ["/bin/sleep", "1000"] }
      try scratch.run([copy] + container.words("create").dropFirst()).succeed()
      let pid = try container.pid
      let reading = unsafe open("/proc/\(pid)/exe", O_RDONLY | O_CLOEXEC)
      #expect(reading >= 0)
      try container.start().succeed()
      #expect(eventually { readText("/proc/\(pid)/comm") == "sleep\n" })
      let writing = unsafe open("/proc/self/fd/\(reading)", O_WRONLY | O_CLOEXEC)
      // A sealed file in memory opens, and refuses every write.
      let wrote = unsafe Glibc.write(writing, "x", 1) == 1
      for descriptor in [reading, writing] where descriptor >= 0 { close(descriptor) }
      return wrote
    }
  }

  @Test("A1: the program is the runtime's own file")
  func runtimeAsTheProgram() throws {
    try expectDefence("program-path") {
      let container = try Container { $0["process.args"] = ["/proc/self/exe", "--version"] }
      return try container.run().stdout.contains("version")
    }
  }

  @Test("A2 (CVE-2016-9962): a container of the same pid namespace looks into a waiting init")
  func lookingIntoTheInit() throws {
    try expectDefence("not-dumpable") {
      let first = try Container()
      try first.runDetached()
      let path = "/proc/\(try first.pid)/ns/pid"
      let second = try Container { CloneShapeTests.join(&$0, "pid", path) }
      try second.createSleeping()
      // With the same user and the same capabilities, and without CAP_SYS_PTRACE.
      let script = "for p in /proc/[0-9]*; do readlink $p/exe; done; true"
      return try first.exec(["/bin/sh", "-c", script]).succeed().stdout.contains("apus")
    }
  }

  @Test("A3 (CVE-2024-21626): the working folder is a descriptor of a folder of the host")
  func descriptorAsWorkingFolder() throws {
    try expectDefence("working-folder") {
      let container = try Container()
      let canary = try CanaryFile(in: container.scratch)
      try container.edit {
        $0["process.cwd"] = "/proc/self/fd/3"
        $0["process.args"] = ["/bin/sh", "-c", .string("cat .\(canary.path)")]
      }
      return try container.shell("exec \"$@\" 3</", container.words("run", ["--preserve-fds", "1"])).stdout == "keep"
    }
  }

  @Test("A4, S4: a descriptor of the caller's reaches the program")
  func leakedDescriptor() throws {
    try expectDefence("foreign-descriptors") {
      let container = try Container { $0["process.args"] = ["/bin/sh", "-c", "cat <&7"] }
      let canary = try CanaryFile(in: container.scratch)
      return try container.shell("exec \"$@\" 7<'\(canary.path)'", container.words("run")).stdout == "keep"
    }
  }

  @Test("A1, E37: a runtime that is killed at any time leaves no mount of its file")
  func killedSeal() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    for delay in stride(from: 0, to: 6000, by: 300) {
      let create = try container.scratch.start(container.words("create"))
      usleep(UInt32(delay))
      create.signal(9)
      _ = try create.wait()
      try container.delete("--force").succeed()
      #expect(container.scratch.mountChanges().isEmpty)
    }
  }

  /// Where `core_pattern` is a pipe or a path, the machine's own handler would get it: that is not tried.
  @Test("S3: a waiting init leaves its memory in a core file")
  func coreOfTheInit() throws {
    let pattern = readText("/proc/sys/kernel/core_pattern")
    guard !pattern.hasPrefix("|"), !pattern.contains("/") else { return print("core_pattern is \(pattern)") }
    try expectDefence("not-dumpable") {
      // The first process of a pid namespace is deaf to such a signal.
      let container = try Container {
        $0["root.readonly"] = false
        $0["process.args"] = ["/bin/sleep", "1000"]
        $0.dropNamespace("pid")
      }
      try container.shell("ulimit -c unlimited && exec \"$@\"", container.words("create")).succeed()
      kill(try container.pid, SIGABRT)
      #expect(eventually { (try? container.status) == "stopped" })
      return try FileManager.default.contentsOfDirectory(atPath: container.rootfs).contains { $0.hasPrefix("core") }
    }
  }

  @Test("S1: the memory of a waiting init holds nothing of another container's configuration")
  func memoryOfTheInit() throws {
    let secret = "secret-of-the-other-\(UInt32.random(in: 0 ... .max))"
    let other = try Container { $0.append(.string("TOKEN=" + secret), to: "process.env") }
    try other.createSleeping()
    let container = try Container()
    try container.createSleeping()
    let program = """
      import re, sys
      pid, words = sys.argv[1], [word.encode() for word in sys.argv[2:]]
      print("ready")
      found = [0] * len(words)
      with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
          for line in maps:
              low, high = (int(n, 16) for n in line.split()[0].split("-"))
              if "r" not in line.split()[1] or "[v" in line: continue
              try:
                  memory.seek(low)
                  part = memory.read(high - low)
              except OSError: continue
              for n, word in enumerate(words): found[n] += part.count(word)
      print(*found)
      """
    let words = ["-c", program, "\(try container.pid)", secret, container.id]
    let counts = try container.scratch.run(["/usr/bin/env", "python3"] + words).succeed().lines.last ?? ""
    let numbers = counts.split(separator: " ").compactMap { Int($0) }
    #expect(numbers.count == 2 && numbers[0] == 0, "\(counts)")
    #expect(numbers.last ?? 0 > 0, "its own id is in it, so it was read: \(counts)")
  }

  /// Swift's handler for crashes starts `swift-backtrace` by a path that it has looked for on the host; the container's
  /// process would find the image's there, before it has dropped a single right.
  @Test("S2: a crash of the waiting init runs a program of the image")
  func programOfACrash() throws {
    try expectDefence("inherited-state seal") {
      let container = try Container {
        $0["root.readonly"] = false
        $0["process.args"] = ["/bin/sleep", "1000"]
      }
      let (files, scratch) = (FileManager.default, container.scratch)
      let folder = scratch.path("bin-" + container.id)
      for (place, script) in [(folder, "exit 0"), (container.rootfs + folder, "echo ran >/ran")] {
        try files.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: place + "/swift-backtrace"))
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place + "/swift-backtrace")
      }
      try files.copyItem(atPath: scratch.apus, toPath: folder + "/apus")
      try scratch.run([folder + "/apus"] + container.words("create").dropFirst()).succeed()
      kill(try container.pid, SIGSEGV)
      let ran = eventually(within: 1) { fileExists(container.rootfs + "/ran") }
      _ = try container.delete("--force")
      return ran
    }
  }
}
