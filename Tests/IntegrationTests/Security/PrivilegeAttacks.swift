import Foundation
import Testing

/// Privileges that a container must not have or keep (section C of the security cases).
@Suite(.scratch) struct PrivilegeAttacks {
  @Test("C1 (CVE-2022-29162 and its kin): exec --cap makes a capability inheritable")
  func inheritableCapability() throws {
    try expectDefence("exec-capabilities") {
      let container = try Container { $0["process.capabilities.inheritable"] = nil }
      try container.runDetached()
      let output = try container.exec(["cat", "/proc/self/status"], options: ["--cap", "CAP_NET_ADMIN"])
      let status = processStatus(try output.succeed().stdout)
      return ["CapInh", "CapAmb"].contains { status[$0] != "0000000000000000" }
    }
  }

  @Test("C2: a capability that the config does not name stays within reach")
  func boundingSet() throws {
    try expectDefence("bounding-set") {
      let status = processStatus(try Container().run("cat /proc/self/status").succeed().stdout)
      let bounding = try #require(UInt64(status["CapBnd"] ?? "", radix: 16))
      return bounding & 1 << 21 != 0
    }
  }

  @Test("C3: the groups of the runtime's caller stay with the container's user")
  func callersGroups() throws {
    try expectDefence("supplementary-groups") {
      let container = try Container {
        $0["process.user"] = ["uid": 1000, "gid": 1000]
        $0["process.args"] = ["id", "-G"]
      }
      let output = try container.shell("exec setpriv --groups 4242 -- \"$@\"", container.words("run")).succeed()
      return output.stdout.contains("4242")
    }
  }

  @Test("C8: groups that cannot be given are left out in silence")
  func groupsWithoutPrivileges() throws {
    try expectDefence("supplementary-groups") {
      // A user namespace that has given setgroups(2) up, as that of an ordinary user.
      let scratch = try Scratch.current
      let holder = try scratch.start(["/usr/bin/unshare", "--user", "--map-root-user", "/bin/sleep", "1000"])
      defer { holder.signal(9) }
      #expect(eventually { readText("/proc/\(holder.pid)/comm") == "sleep\n" })
      #expect(readText("/proc/\(holder.pid)/setgroups") == "deny\n")
      let container = try Container {
        CloneShapeTests.join(&$0, "user", "/proc/\(holder.pid)/ns/user")
        // A devpts wants a group that is not mapped there.
        $0.dropMounts(below: "/dev")
        $0["process.user.additionalGids"] = [7, 8]
      }
      return try container.run("true").status == 0
    }
  }

  @Test("C13: a process file that leaves the confinement out gives it up")
  func processWithoutConfinement() throws {
    try expectDefence("exec-confinement") {
      let container = try Container { $0["process.noNewPrivileges"] = true }
      try container.runDetached()
      let file = container.scratch.path("process-\(container.id).json")
      try Data(#"{"args": ["cat", "/proc/self/status"], "cwd": "/", "env": ["PATH=/bin"]}"#.utf8)
        .write(to: URL(filePath: file))
      let output = try container.exec([], options: ["--process", file]).succeed()
      return processStatus(output.stdout)["NoNewPrivs"] != "1"
    }
  }

  @Test("C14: the caller's environment reaches the program")
  func callersEnvironment() throws {
    try expectDefence("own-environment") {
      let container = try Container { $0["process.args"] = ["env"] }
      return try container.shell("TOKEN=hunter2 exec \"$@\"", container.words("run")).succeed().stdout.contains(
        "hunter2")
    }
  }

  /// What a profile with that architecture allows, one without it kills: so it is no call that fails anyhow.
  @Test("C5: a call of another architecture goes round the filter")
  func otherArchitecture() throws {
    #if arch(x86_64)
      let container = try Container { $0["process.args"] = ["/bin/old"] }
      try container.compile(
        "int main(void) { int n = 20; __asm__ volatile(\"int $0x80\" : \"+a\"(n)); return n > 0 ? 0 : 9; }",
        to: "bin/old")
      let profile: JSONValue = ["defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"]]
      try container.edit {
        $0["linux.seccomp"] = profile
        $0["linux.seccomp.architectures"] = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]
      }
      guard try container.run().status == 0 else { return print("this kernel has no calls of i386") }
      try container.edit { $0["linux.seccomp"] = profile }
      #expect(try container.run().status == 128 + 31)
    #endif
  }

  /// runc 1.1.5 needs openat, write and getdents64 after it.
  @Test("C4: a filter that kills what the runtime does before the program must not be loaded before it")
  func filterBeforeTheRest() throws {
    try expectDefence("late-filter") {
      let names: [JSONValue] = [
        "setresuid", "setresgid", "setgroups", "capset", "prctl", "chdir", "fchdir", "openat", "openat2", "close_range",
        "fcntl", "getdents64", "write", "sendmsg", "read", "futex", "mmap", "brk",
      ]
      let container = try Container { config in
        config["process.noNewPrivileges"] = true
        config["process.args"] = ["/bin/tiny"]
        config["linux.seccomp"] = [
          "defaultAction": "SCMP_ACT_ALLOW",
          "syscalls": [["names": .array(names), "action": "SCMP_ACT_KILL_PROCESS"]],
        ]
      }
      try TinyProgram.succeed.write(to: container.rootfs + "/bin/tiny")
      return try container.run().status != 0
    }
  }

  /// runc 1.1.5 takes it for root.
  @Test("C6 (CVE-2016-3697, CVE-2026-30892): a user id that overflows")
  func overflowingUser() throws {
    try expectDefence("user-syntax") {
      let container = try Container()
      try container.runDetached()
      return try container.exec(["id", "-u"], options: ["--user", "4294967296"]).stdout == "0\n"
    }
  }

  /// An engine that takes the number from an image passes it on (CVE-2024-40635); to the kernel it means “as it is”.
  @Test("C6, E29: a user id of the configuration that is none")
  func userThatIsNone() throws {
    try expectDefence("user-syntax") {
      let container = try Container {
        $0["process.user.uid"] = 4_294_967_295
        $0["process.args"] = ["id", "-u"]
      }
      return try container.run().stdout == "0\n"
    }
  }

  @Test("C9: a key of the caller's session can be read in the container")
  func callersKeyring() throws {
    try expectDefence("keyring") {
      let container = try Container { $0["process.args"] = ["/bin/find-key"] }
      try container.compile(
        """
        #include <stdio.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(void) {
          char text[16] = {0};
          long key = syscall(SYS_request_key, "user", "apus-test-key", NULL, 0);
          if (key < 0 || syscall(SYS_keyctl, 11, key, text, 15) < 0) return 1;
          puts(text);
        }
        """, to: "bin/find-key")
      let program = """
        import ctypes, os, platform, sys
        libc = ctypes.CDLL(None)
        keyctl, add = (250, 248) if platform.machine() == "x86_64" else (219, 217)
        libc.syscall(keyctl, 1, None)
        libc.syscall(add, b"user", b"apus-test-key", b"secret", 6, -3)
        os.execv(sys.argv[1], sys.argv[1:])
        """
      let words = ["/usr/bin/env", "python3", "-c", program] + container.words("run")
      return try container.scratch.run(words).stdout.contains("secret")
    }
  }

  @Test("C10: a container on the caller's terminal types for the caller")
  func typingForTheCaller() throws {
    guard readText("/proc/sys/dev/tty/legacy_tiocsti") != "0\n" else { return }
    try expectDefence("new-session") {
      let container = try Container { $0["process.args"] = ["/bin/push"] }
      try container.compile(
        """
        #include <stdio.h>
        #include <sys/ioctl.h>
        int main(void) { puts(ioctl(0, TIOCSTI, "x") == 0 ? "pushed" : "refused"); }
        """, to: "bin/push")
      let session = try TerminalSession(container.words("run"), in: container.scratch, [])
      #expect(session.text.contains("pushed") || session.text.contains("refused"))
      return session.text.contains("pushed")
    }
  }

  @Test("C11: a set-user-id program under no_new_privs")
  func setUserIDProgram() throws {
    try expectDefence("new-privileges") {
      let container = try Container {
        $0["process.noNewPrivileges"] = true
        $0["process.user"] = ["uid": 1000, "gid": 1000]
        $0["process.args"] = ["/bin/tell"]
      }
      try TinyProgram.tellUser.write(to: container.rootfs + "/bin/tell", mode: 0o4755)
      return try container.run().status == 0
    }
  }

  @Test("C15: once it runs, the program is as dumpable as any")
  func dumpableProgram() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    try container.runDetached()
    let pid = try container.pid
    let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(pid)/environ")[.ownerAccountID] as? Int
    #expect(owner == 1000)
  }

  @Test("S3, S13: until then it is not, whatever it has become")
  func waitingInitIsNotDumpable() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    try container.createSleeping()
    let owner =
      try FileManager.default.attributesOfItem(
        atPath: "/proc/\(try container.pid)/environ")[.ownerAccountID] as? Int
    #expect(owner == 0)
  }

  /// A profile that names it lets it through: so it is the profile that refuses.
  @Test("S9: a profile that does not name io_uring does not allow it")
  func ringsWithoutARule() throws {
    let names: [JSONValue] = [
      "execve", "exit_group", "exit", "write", "brk", "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
      "prlimit64", "readlink", "readlinkat", "getrandom", "mprotect", "uname", "fstat", "newfstatat",
    ]
    let container = try Container {
      $0["process.noNewPrivileges"] = true
      $0["process.args"] = ["/bin/ring"]
    }
    try container.compile(
      """
      #include <errno.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      int main(void) { return syscall(SYS_io_uring_setup, 1, 0) < 0 && (errno == EPERM || errno == ENOSYS) ? 7 : 9; }
      """, to: "bin/ring")
    for (allowed, status) in [(names, Int32(7)), (names + ["io_uring_setup"], 9)] {
      try container.edit {
        $0["linux.seccomp"] = [
          "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
          "syscalls": [["names": .array(allowed), "action": "SCMP_ACT_ALLOW"]],
        ]
      }
      #expect(try container.run().status == status)
    }
  }

  /// runc's and crun's keyrings can be joined so.
  @Test("C9: root of another container joins the session keyring, by a name that it guesses or sees")
  func neighboursKeyring() throws {
    try expectDefence("keyring-name") {
      let owner = try Container { $0["process.args"] = ["/bin/keep-key"] }
      try owner.compile(
        """
        #include <stdio.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(void) {
          syscall(SYS_add_key, "user", "apus-neighbour", "secret", 6, -3);
          puts("kept");
          pause();
        }
        """, to: "bin/keep-key")
      let keeper = try owner.scratch.start(owner.words("run"))
      #expect(eventually { (try? owner.status) == "running" })
      let thief = try Container {
        $0["linux.maskedPaths"] = []
        $0["process.args"] = ["/bin/join", .string("_ses." + owner.id)]
      }
      try thief.compile(
        """
        #include <stdio.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        static void join(const char *name) {
          char text[16] = {0};
          syscall(SYS_keyctl, 1, name);
          long key = syscall(SYS_keyctl, 10, -3, "user", "apus-neighbour", 0);
          if (key > 0 && syscall(SYS_keyctl, 11, key, text, 15) > 0) puts(text);
        }
        int main(int count, char **words) {
          char line[512];
          FILE *keys = fopen("/proc/keys", "r");
          while (keys && fgets(line, sizeof line, keys)) {
            char *name = strstr(line, words[1]);
            if (!name) continue;
            // What follows the name is `: ` and what is in it.
            char *end = strstr(name, ": ");
            if (end) *end = 0;
            join(name);
          }
          join(words[1]);
        }
        """, to: "bin/join")
      let isRead = try eventually(within: 2) { try thief.run().stdout.contains("secret") }
      try owner.delete("--force").succeed()
      _ = try keeper.wait()
      return isRead
    }
  }
}
