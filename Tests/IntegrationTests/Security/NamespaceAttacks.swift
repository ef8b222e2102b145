import Foundation
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

  @Test("E24: the well-known way out of a chroot, after a move instead of a pivot")
  func chrootEscape() throws {
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
        puts(access("/jail", F_OK) == 0 ? "own root" : "other root");
      }
      """, to: "bin/escape")
    for options in [["--no-pivot"], []] {
      let output = try container.scratch.run(container.words("run", options)).succeed()
      #expect(output.lines == ["inside", "own root"], "\(options): \(output)")
    }
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

  @Test("S10: what others have written does not drive the terminal of who lists, explains or validates")
  func escapesInAnswers() throws {
    let evil = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m"
    let container = try Container {
      $0["annotations"] = .object(["org.example": .string(evil)])
      $0["hostname"] = "plain"
      $0["process.args"] = ["/bin/sh", "-c", "exec sleep 1000"]
      $0.append(["destination": .string("/tmp/\(evil)"), "type": "tmpfs", "source": .string(evil)], to: "mounts")
      $0["root.readonly"] = false
    }
    for verb in [["explain"], ["validate"], ["create"]] {
      let output = try container.scratch.run(
        [container.scratch.apus, "--root", container.scratch.root] + verb + ["--bundle", container.bundle]
          + (verb == ["create"] ? [container.id] : []))
      for text in [output.stdout, output.stderr] {
        #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{9b}" }, "\(verb)")
      }
    }
    for verb in [["list"], ["ps", container.id]] {
      let output = try container.scratch.run(
        [container.scratch.apus, "--root", container.scratch.root] + verb)
      #expect(!output.stdout.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{9b}" }, "\(verb)")
    }
  }

  @Test("S6: a container that is gone, slow or talkative cannot make start hang or believe it")
  func silentInit() throws {
    let container = try Container()
    try container.createSleeping()
    let pid = try container.pid
    // Whoever owns the init by then may write into its FIFO what it likes; it is read to a limit and quoted.
    let program = "head -c 100000 /dev/urandom >'\(container.stateFolder)/report' & sleep 0.05; kill -9 \(pid)"
    let flood = try container.scratch.start(["/bin/sh", "-c", program])
    let output = try container.scratch.start(container.words("start")).wait(timeout: 10)
    #expect(output.status < 128)
    #expect(!output.stderr.utf8.dropLast().contains { $0 < 0x20 }, "\(output.stderr)")
    flood.signal(9)
    try container.delete("--force").succeed()
  }
}
