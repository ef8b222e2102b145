import Foundation
import Glibc
import Testing

/// Mounts, namespaces and inherited attributes.
@Suite(.scratch) struct NamespaceAttacks {
  @Test("E22: mounts of a container arrive in the host's mount namespace when that is shared")
  func mountsForTheHost() throws {
    try expectDefence("isolated-mounts") {
      let container = try Container { $0["process.args"] = ["true"] }
      let script = """
        mount --make-rshared / && before=$(wc -l </proc/self/mountinfo)
        "$@" >/dev/null 2>&1
        echo $(( $(wc -l </proc/self/mountinfo) - before ))
        """
      let words = ["/usr/bin/unshare", "-m", "/bin/bash", "-c", script, "bash"] + container.words("run")
      return try container.scratch.run(words).succeed().stdout != "0\n"
    }
  }

  @Test("E23: what a container mounts in a volume of the host's arrives there")
  func mountsInAVolume() throws {
    try expectDefence("isolated-mounts") {
      let container = try Container()
      let volume = container.scratch.path("volume-" + container.id)
      try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: false)
      try container.edit { config in
        config.grant(["CAP_SYS_ADMIN"])
        config["process.args"] = ["mount", "-t", "tmpfs", "none", "/tmp/inner"]
        config["root.readonly"] = false
        config.append(
          ["destination": "/tmp", "type": "bind", "source": .string(volume), "options": ["rbind"]], to: "mounts")
      }
      let script = """
        mount -t tmpfs tmpfs "$0" && mount --make-shared "$0" && mkdir "$0/inner"
        "$@" >/dev/null && grep -c "$0/inner" /proc/self/mountinfo
        """
      let words = ["/usr/bin/unshare", "-m", "/bin/bash", "-c", script, volume] + container.words("run")
      return try container.scratch.run(words).stdout != "0\n"
    }
  }

  @Test("E23: a volume that is slave gets the host's later mounts and sends none back")
  func propagation() throws {
    let container = try Container()
    let volume = container.scratch.path("volume")
    try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: false)
    try container.edit { config in
      config.grant(["CAP_SYS_ADMIN"])
      config["process.args"] = ["/bin/sh", "-c", "mount -t tmpfs none /vol/inner; exec sleep 1000"]
      config["root.readonly"] = false
      config.append(
        ["destination": "/vol", "type": "bind", "source": .string(volume), "options": ["rbind", "rslave"]],
        to: "mounts")
    }
    let script = """
      mount -t tmpfs tmpfs "$0" && mount --make-shared "$0" && mkdir "$0/later" "$0/inner"
      "$@" && sleep 0.3 && mount -t tmpfs tmpfs "$0/later"
      grep -c "$0/inner" /proc/self/mountinfo
      pid=$(cat pid); grep -c " /vol/later " /proc/$pid/mountinfo; grep -c " /vol/inner " /proc/$pid/mountinfo
      """
    let words =
      ["/usr/bin/unshare", "-m", "/bin/bash", "-c", script, volume]
      + container.words("run", ["--detach", "--pid-file", "pid"])
    let output = try container.scratch.run(words, workingDirectory: container.bundle)
    #expect(output.stdout == "0\n1\n1\n", "\(output)")
  }

  @Test("E24: the well-known way out of a chroot, after a move instead of a pivot", arguments: ["--no-pivot", ""])
  func chrootEscape(option: String) throws {
    func escapes() throws -> Bool {
      let container = try Container {
        $0["root.readonly"] = false
        $0.grant(["CAP_SYS_CHROOT"])
        $0["process.args"] = ["/bin/escape"]
      }
      let canary = try CanaryFile(in: container.scratch)
      try container.compile(
        """
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(void) {
          mkdir("/jail", 0700);
          int top = open("/", O_RDONLY);
          if (chroot("/jail") || fchdir(top)) return 3;
          for (int n = 0; n < 200; n++) chdir("..");
          if (chroot(".")) return 4;
          puts(access("\(canary.path)", F_OK) == 0 ? "escaped" : "inside");
        }
        """, to: "bin/escape")
      let output = try container.scratch.run(container.words("run", option.isEmpty ? [] : [option])).succeed()
      return output.stdout == "escaped\n"
    }
    // A pivot cannot be left out: its old root is nowhere then.
    if option.isEmpty { #expect(try !escapes()) } else { try expectDefence("moved-root") { try escapes() } }
  }

  @Test("S8: the first process has moved to a namespace of its own choice; exec must not follow it there")
  func namespaceOfItsOwn() throws {
    try expectDefence("namespace-identity") {
      let container = try Container {
        $0.grant(["CAP_SYS_ADMIN"])
        $0["process.args"] = ["/bin/move"]
      }
      try container.compile(
        """
        #define _GNU_SOURCE
        #include <sched.h>
        #include <unistd.h>
        int main(void) {
          if (unshare(CLONE_NEWUTS) || sethostname("lair", 4)) return 1;
          for (;;) pause();
        }
        """, to: "bin/move")
      try container.create().succeed()
      try container.start().succeed()
      let pid = try container.pid
      let own = try namespace("uts", of: pid)
      _ = eventually(within: 1) { (try? namespace("uts", of: pid)) != own }
      usleep(50_000)
      let output = try container.exec(["hostname"])
      #expect(output.status == 0 || output.stderr.contains("has left the uts namespace"), "\(output)")
      return output.stdout == "lair\n"
    }
  }

  @Test("S8: it goes there and back all the time")
  func namespaceThatFlips() throws {
    try expectDefence("namespace-identity") {
      let container = try Container {
        $0.grant(["CAP_SYS_ADMIN"])
        $0["process.args"] = ["/bin/flip"]
      }
      try container.compile(
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <sched.h>
        #include <unistd.h>
        int main(void) {
          int own = open("/proc/self/ns/uts", O_RDONLY);
          if (unshare(CLONE_NEWUTS) || sethostname("lair", 4)) return 1;
          int lair = open("/proc/self/ns/uts", O_RDONLY);
          for (;;) { setns(own, CLONE_NEWUTS); setns(lair, CLONE_NEWUTS); }
        }
        """, to: "bin/flip")
      try container.create().succeed()
      try container.start().succeed()
      for _ in 0..<40 where try container.exec(["hostname"]).stdout == "lair\n" { return true }
      return false
    }
  }

  @Test("S2: ignored signals, processors and securebits of the caller")
  func inheritedState() throws {
    try expectDefence("inherited-state") {
      let container = try Container { $0["process.args"] = ["cat", "/proc/self/status"] }
      let script = "trap '' USR1 PIPE; exec setpriv --securebits +no_setuid_fixup -- taskset -c 0 \"$@\""
      let output = try container.shell(script, container.words("run"))
      let status = processStatus(output.stdout)
      let whole = processStatus(readText("/proc/1/status"))["Cpus_allowed_list"]
      let isClean =
        output.status == 0 && status["SigIgn"] == "0000000000000000" && status["SigBlk"] == "0000000000000000"
        && status["Cpus_allowed_list"] == whole && status["CapEff"] != "0000000000000000"
      return !isClean
    }
  }

  @Test("S2: a caller that ignores the end of its children")
  func ignoredChildren() throws {
    try expectDefence("inherited-state") {
      let container = try Container { $0["process.args"] = ["true"] }
      return try container.hangs(["/bin/bash", "-c", "trap '' CHLD; exec \"$@\"", "bash"] + container.words("run"))
    }
  }

  /// Rounds: the answer must come before the kernel's.
  @Test("E26: a neighbour in a joined network namespace answers in the kernel's place")
  func forgedAnswers() throws {
    try expectDefence("kernel-answers") {
      let container = try Container { $0["process.args"] = ["true"] }
      let program = """
        import ctypes, os, socket, struct
        ctypes.CDLL(None).unshare(0x40000000)
        one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        one.bind((0, 0))
        # NLMSG_ERROR: EDOM, which the kernel never says here.
        forged = struct.pack("=IHHIIiIHHII", 36, 2, 0, 0, 0, -33, 16, 18, 0, 0, 0)
        print("ready", flush=True)
        table = os.open("/proc/thread-self/net/netlink", os.O_RDONLY)
        while True:
            for line in os.pread(table, 65536, 0).splitlines()[1:]:
                fields = line.split()
                if fields[1] == b"0" and int(fields[2]) not in (0, one.getsockname()[0]):
                    try: one.sendto(forged, (int(fields[2]), 0))
                    except OSError: pass
        """
      let neighbour = try PythonHelper(program, in: container.scratch)
      defer { neighbour.command.signal(9) }
      let path = "/proc/\(neighbour.command.pid)/ns/net"
      try container.edit {
        CloneShapeTests.join(&$0, "network", path)
        $0["linux.netDevices"] = ["move0": ["name": "moved%d"]]
      }
      let script = "ip link add here0 type veth peer name move0 && exec \"$@\""
      let words = ["/usr/bin/unshare", "--net", "/bin/bash", "-c", script, "bash"] + container.words("run")
      for _ in 0..<400 where try container.scratch.run(words).stderr.contains("EDOM") { return true }
      return false
    }
  }

  @Test("E16: a hook without an environment gets the runtime's, with its secrets")
  func hooksEnvironment() throws {
    try expectDefence("hook-environment") {
      let container = try Container()
      let seen = container.bundle + "/seen"
      try container.edit {
        $0["process.args"] = ["true"]
        $0["hooks.createRuntime"] = [["path": "/bin/sh", "args": ["sh", "-c", .string("env >\(seen)")]]]
      }
      try container.shell("TOKEN=hunter2 exec \"$@\"", container.words("run")).succeed()
      #expect(readText(seen).contains("PATH="))
      return readText(seen).contains("hunter2")
    }
  }

  @Test("S10: what others have written drives the terminal of who lists, explains or validates")
  func escapesInAnswers() throws {
    try expectDefence("escaped-text") {
      let evil = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m"
      let container = try Container {
        $0["annotations"] = .object(["org.example": .string(evil)])
        $0["hostname"] = "plain"
        $0["process.args"] = ["/bin/sh", "-c", "exec sleep 1000"]
        $0.append(["destination": .string("/tmp/\(evil)"), "type": "tmpfs", "source": .string(evil)], to: "mounts")
        $0["root.readonly"] = false
      }
      let bundled = [["explain"], ["validate"], ["create"]].map {
        $0 + ["--bundle", container.bundle] + ($0 == ["create"] ? [container.id] : [])
      }
      return try (bundled + [["list"], ["ps", container.id]]).contains { words in
        let output = try container.scratch.run([container.scratch.apus, "--root", container.scratch.root] + words)
        return (output.stdout + output.stderr).unicodeScalars.contains {
          $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{9b}"
        }
      }
    }
  }

  @Test("E17: a line break in a configuration forges a line of the runtime's")
  func forgedLine() throws {
    try expectDefence("escaped-text") {
      let container = try Container { $0["root.path"] = "nowhere\napus: everything is fine" }
      return try container.run("true").stderr.contains("\napus: everything is fine")
    }
  }

  @Test("E30: a container speaks to the caller's service manager")
  func wordsForTheManager() throws {
    try expectDefence("notify-words") {
      let container = try Container { $0["process.args"] = ["/bin/speak"] }
      try container.compile(
        """
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>
        int main(void) {
          struct sockaddr_un to = {AF_UNIX, "/run/notify/notify.sock"};
          char text[] = "STATUS=evil\\nREADY=1";
          int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
          if (sendto(fd, text, sizeof text - 1, 0, (struct sockaddr *)&to, sizeof to) < 0) return 1;
          for (;;) pause();
        }
        """, to: "bin/speak")
      let program = """
        import os, socket, sys
        server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        server.bind(sys.argv[1])
        server.settimeout(8)
        print("ready", flush=True)
        for _ in range(3):
            message, descriptors, _, _ = socket.recv_fds(server, 65536, 4)
            print(repr(message), flush=True)
            for descriptor in descriptors: os.close(descriptor)
        """
      let socket = container.scratch.path("manager-" + container.id)
      let manager = try PythonHelper(program, socket, in: container.scratch)
      for verb in ["create", "start"] {
        try container.shell("NOTIFY_SOCKET='\(socket)' exec \"$@\"", container.words(verb)).succeed()
      }
      let heard = try manager.lines()
      #expect(heard.contains { $0.contains("READY=1") })
      return heard.contains { $0.contains("evil") }
    }
  }

  @Test("S5: a FIFO stands where a namespace is looked for")
  func blockingNamespace() throws {
    try expectDefence("blocking-files") {
      let container = try Container { $0["process.args"] = ["true"] }
      let fifo = container.scratch.path("fifo-" + container.id)
      try container.scratch.run(["/usr/bin/mkfifo", fifo]).succeed()
      try container.edit { CloneShapeTests.join(&$0, "network", fifo) }
      return try container.hangs(container.words("run"))
    }
  }

  @Test("S6: a container that talks without end to who starts it")
  func endlessReport() throws {
    try expectDefence("bounded-report") {
      let container = try Container()
      try container.createSleeping()
      // It does not even hear that it is to start.
      kill(try container.pid, SIGSTOP)
      let flood = try container.scratch.start([
        "/bin/sh", "-c", "exec yes >'\(container.stateFolder)/report/exec.fifo'",
      ])
      defer { flood.signal(9) }
      return try container.hangs(container.words("start"))
    }
  }

  @Test("S6: a container that is gone, slow or talkative cannot make start hang or believe it")
  func silentInit() throws {
    let container = try Container()
    try container.createSleeping()
    let pid = try container.pid
    // Whoever owns the init by then may write into its FIFO what it likes; it is read to a limit and quoted.
    let program =
      "head -c 100000 /dev/urandom >'\(container.stateFolder)/report/exec.fifo' & sleep 0.05; kill -9 \(pid)"
    let flood = try container.scratch.start(["/bin/sh", "-c", program])
    let output = try container.scratch.start(container.words("start")).wait(timeout: 10)
    #expect(output.status < 128)
    #expect(!output.stderr.utf8.dropLast().contains { $0 < 0x20 }, "\(output.stderr)")
    flood.signal(9)
    try container.delete("--force").succeed()
  }
}
