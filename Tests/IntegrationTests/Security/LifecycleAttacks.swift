import Foundation
import Glibc
import Testing

/// A container's life with callers, files and processes that do what they should not (section E of the security cases).
@Suite(.scratch) struct LifecycleAttacks {
  @Test("E3: a second create of an id takes the first container's place")
  func secondCreate() throws {
    try expectDefence("exclusive-id") {
      let container = try Container()
      try container.createSleeping()
      let record = readText(container.stateFile)
      #expect(try container.create().status != 0)
      let isLost = (try? container.status) != "created"
      if isLost { try container.restore(record) }
      return isLost
    }
  }

  @Test("E4: a command changes a container in the middle of another's")
  func commandUnderALock() throws {
    try expectDefence("lock") {
      let container = try Container()
      try container.runDetached()
      let program = """
        import fcntl, os, sys, time
        fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
        print("ready", flush=True)
        time.sleep(1000)
        """
      let holder = try PythonHelper(program, container.stateFolder, in: container.scratch)
      let pause = try container.scratch.start(container.words("pause"))
      let goesOn = eventually(within: 1) { !pause.isRunning }
      holder.command.signal(9)
      try pause.wait().succeed()
      return goesOn
    }
  }

  @Test("E7: the processes of a container whose record is damaged live on after a forced delete")
  func damagedRecord() throws {
    try expectDefence("forced-search") {
      let container = try Container()
      try container.runDetached()
      let pid = try container.pid
      let record = readText(container.stateFile)
      try Data().write(to: URL(filePath: container.stateFile))
      try container.delete("--force").succeed()
      let livesOn = !eventually(within: 1) { readText("/proc/\(pid)/comm").isEmpty }
      if livesOn { try container.restore(record) }
      return livesOn
    }
  }

  @Test("E8: what is written down is believed of an init that was killed")
  func killedInit() throws {
    try expectDefence("liveness") {
      let container = try Container()
      try container.createSleeping()
      let pid = try container.pid
      kill(pid, SIGKILL)
      #expect(eventually { readText("/proc/\(pid)/comm").isEmpty })
      return try container.status != "stopped"
    }
  }

  @Test(
    "E11: a create that fails leaves what it has made",
    .ownDriver("without the defence, nothing ends the process that holds the scope open, which is waited for"))
  func failedCreate() throws {
    try expectDefence("rollback") {
      let container = try Container {
        $0["process.args"] = ["true"]
        $0["hooks.createRuntime"] = [["path": "/bin/false"]]
      }
      #expect(try container.create().status == 1)
      return try !container.scratch.remains(of: container.id).isEmpty
    }
  }

  @Test("E12, E9: a runtime that is killed leaves cgroups by which nobody finds them", .placeByPath)
  func unwrittenCgroups() throws {
    try expectDefence("record-first") {
      let container = try Container {
        $0["process.args"] = ["true"]
        // Its parent is the runtime.
        $0["hooks.createRuntime"] = [["path": "/bin/sh", "args": ["sh", "-c", "kill -9 $PPID"]]]
      }
      let name = "lost-" + container.id
      try container.edit { $0["linux.cgroupsPath"] = .string("/" + name) }
      #expect(try container.create().status == 128 + 9)
      try container.delete("--force").succeed()
      let isLost = try !eventually(within: 1) { try container.scratch.remains(of: container.id).isEmpty }
      if isLost {
        let words = [
          "/usr/bin/find", "/sys/fs/cgroup", "-depth", "-type", "d", "-name", name, "-exec", "rmdir", "{}", "+",
        ]
        try container.scratch.run(words).succeed()
      }
      return isLost
    }
  }

  @Test("E13: a word that is no signal")
  func noSignal() throws {
    try expectDefence("signal-syntax") {
      let container = try Container()
      try container.runDetached()
      return try container.kill("9x").status == 0
    }
  }

  @Test(
    "E14: what a container without a pid namespace has started outlives it",
    .ownDriver("systemd ends what is left in a scope"))
  func orphans() throws {
    try expectDefence("orphans") {
      let container = try Container { $0.dropNamespace("pid") }
      try container.run("setsid sleep 1000 & exit 4")
      return try !eventually(within: 1) { try container.scratch.remains(of: container.id).isEmpty }
    }
  }

  @Test("E20: a bundle that is exchanged after create")
  func exchangedBundle() throws {
    try expectDefence("stored-config") {
      let container = try Container()
      try container.runDetached()
      try container.edit { $0.append("TOKEN=exchanged", to: "process.env") }
      return try container.exec(["env"]).succeed().stdout.contains("exchanged")
    }
  }

  /// The hook would be a process of the container's pid namespace, with the rights of the runtime.
  @Test("S14: a runtime that cannot leave the container's pid namespace goes on in it")
  func noWayBack() throws {
    try expectDefence("way-back", at: "runtime.ns.pid.left:before:err=EPERM") {
      let first = try Container()
      try first.runDetached()
      let path = "/proc/\(try first.pid)/ns/pid"
      let second = try Container {
        CloneShapeTests.join(&$0, "pid", path)
        $0["process.args"] = ["/bin/sleep", "1000"]
      }
      let ran = second.bundle + "/ran"
      try second.edit {
        $0["hooks.createRuntime"] = [["path": "/bin/touch", "args": ["touch", .string(ran)]]]
      }
      _ = try second.create()
      return fileExists(ran)
    }
  }

  @Test("E18: what stands for config.json has no end")
  func endlessConfiguration() throws {
    try expectDefence("config-limits") {
      let container = try Container()
      let config = container.bundle + "/config.json"
      try FileManager.default.removeItem(atPath: config)
      try container.scratch.run(["/usr/bin/mkfifo", config]).succeed()
      return try container.hangs(container.words("run"))
    }
  }

  /// Refused before CRIU is asked for anything.
  @Test("E31: a checkpoint where the container could change it", arguments: ["--image-path", "--work-path"])
  func imagesInAVolume(option: String) throws {
    try expectDefence("images-outside") {
      let container = try Container()
      let volume = container.scratch.path("volume-" + container.id)
      try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: false)
      try container.edit {
        $0.append(
          ["destination": "/tmp", "type": "bind", "source": .string(volume), "options": ["bind"]], to: "mounts")
      }
      try container.runDetached()
      let output = try container.scratch.run(
        container.words("checkpoint", ["--leave-running", option, volume + "/images"]),
        workingDirectory: container.scratch.directory)
      return !output.stderr.contains("is in a volume of the container")
    }
  }

  @Test("E2: the pid file is a link to a file of the host")
  func linkForThePIDFile() throws {
    try expectDefence("pid-file") {
      let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      let canary = try CanaryFile(in: container.scratch)
      let path = container.scratch.path("pid-" + container.id)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: canary.path)
      try container.create(options: "--pid-file", path).succeed()
      return canary.isTouched
    }
  }

  @Test("S7: a program of the caller's PATH stands for one of the system")
  func falseHelper() throws {
    try expectDefence("helper-paths") {
      let container = try Container()
      try container.runDetached()
      let canary = try CanaryFile(in: container.scratch)
      let program = canary.folder + "-programs"
      try FileManager.default.createDirectory(atPath: program, withIntermediateDirectories: false)
      try Data("#!/bin/sh\necho pwned >'\(canary.path)'\n".utf8).write(to: URL(filePath: program + "/ps"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program + "/ps")
      _ = try container.shell("PATH='\(program)':$PATH exec \"$@\"", container.words("ps"))
      return canary.isTouched
    }
  }

  @Test("E9: the runtime is killed while the init works; nothing may go on without it")
  func orphanedInit() throws {
    try expectDefence("parent-death") {
      let container = try Container {
        $0["hooks.createContainer"] = [["path": "/bin/sleep", "args": ["sleep", "5"]]]
        $0["process.args"] = ["/bin/sleep", "1000"]
      }
      let create = try container.scratch.start(container.words("create"))
      func children(_ pid: pid_t) -> [pid_t] {
        readText("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
      }
      var initPID: pid_t = 0
      #expect(
        eventually {
          initPID = children(create.pid).first ?? 0
          return initPID > 1 && children(initPID).contains { readText("/proc/\($0)/comm") == "sleep\n" }
        })
      create.signal(9)
      _ = try create.wait()
      let isAlive =
        !(eventually(within: 1) {
          let status = readText("/proc/\(initPID)/status")
          return status.isEmpty || status.contains("State:\tZ")
        })
      return isAlive
    }
  }

  @Test("E2, S5: what the caller names and what the image holds may block: no command hangs")
  func blockingFiles() throws {
    let container = try Container { $0["process.args"] = ["program"] }
    let fifo = container.scratch.path("fifo")
    try container.scratch.run(["/usr/bin/mkfifo", fifo]).succeed()
    for name in ["etc/passwd", "etc/group", "bin/program"] {
      try? FileManager.default.removeItem(atPath: container.rootfs + "/" + name)
      try container.scratch.run(["/usr/bin/mkfifo", container.rootfs + "/" + name]).succeed()
    }
    #expect(try container.scratch.start(container.words("run")).wait(timeout: 5).status == 1)
    try container.edit {
      $0["process.args"] = ["true"]
      $0["root.readonly"] = false
      $0.append(
        ["destination": "/fifo", "type": "bind", "source": .string(fifo), "options": ["bind"]], to: "mounts")
    }
    #expect(try container.scratch.start(container.words("run")).wait(timeout: 5).status == 0)
    try container.edit { CloneShapeTests.join(&$0, "network", fifo) }
    #expect(try container.scratch.start(container.words("run")).wait(timeout: 5).status == 1)
  }

  /// The look at the container comes before the process is made; a container that ends in between has no more programs.
  @Test("E39: exec into a container that ends meanwhile")
  func execAtTheEnd() throws {
    try expectDefence("exec-at-the-end", at: "init.container.entered:after:sleep=1500") {
      let container = try Container { $0.dropNamespace("pid") }
      try container.runDetached()
      let pid = try container.pid
      let exec = try container.scratch.start(container.execWords(["/bin/echo", "ran"]))
      usleep(700_000)
      #expect(exec.isRunning)
      kill(pid, SIGKILL)
      return try exec.wait().stdout == "ran\n"
    }
  }

  /// Ten seconds of patience, and then one line.
  @Test("E41: a console socket that nobody serves")
  func socketThatNobodyServes() throws {
    try expectDefence("caller-patience") {
      let container = try Container {
        $0["process.terminal"] = true
        $0["process.args"] = ["/bin/sleep", "1000"]
      }
      let path = container.scratch.path("full-" + container.id)
      let program = """
        import socket, sys, time
        one = socket.socket(socket.AF_UNIX)
        one.bind(sys.argv[1])
        one.listen(0)
        crowd = []
        while True:
            another = socket.socket(socket.AF_UNIX)
            another.setblocking(False)
            try: another.connect(sys.argv[1])
            except BlockingIOError: break
            crowd.append(another)
        print("full", flush=True)
        time.sleep(1000)
        """
      let server = try container.scratch.start(["/usr/bin/env", "python3", "-c", program, path])
      #expect(eventually { server.stdout == "full\n" }, "\(server.stderr)")
      let create = try container.scratch.start(container.words("create", ["--console-socket", path]))
      let waits = !eventually(within: 14) { !create.isRunning }
      if waits { create.signal(9) } else { #expect(create.stderr.contains(path) && create.stderr.hasPrefix("apus: ")) }
      _ = try create.wait()
      server.signal(9)
      _ = try server.wait()
      return waits
    }
  }
}
