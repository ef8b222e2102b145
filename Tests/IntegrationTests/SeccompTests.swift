import Foundation
import Testing

/// linux.seccomp on a real container: the actions, the order against the other restrictions, the listener.
@Suite(.scratch) struct SeccompTests {
  /// A filter that allows everything but the calls of its one rule.
  func filter(_ names: [String], _ action: String, more: [String: JSONValue] = [:]) -> JSONValue {
    let rule: [String: JSONValue] = ["names": .strings(names), "action": .string(action)]
    return ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [.object(rule.merging(more) { $1 })]]
  }

  let chmods = ["chmod", "fchmod", "fchmodat", "fchmodat2"]

  @Test func errnoIsTheRules() throws {
    let cases: [([String: JSONValue], String)] = [
      ([:], "Operation not permitted"), (["errnoRet": 28], "No space left on device"),
    ]
    for (more, text) in cases {
      let container = try Container { $0["linux.seccomp"] = filter(chmods, "SCMP_ACT_ERRNO", more: more) }
      let output = try container.run("touch /dev/shm/x; chmod 600 /dev/shm/x")
      #expect(output.status != 0)
      #expect(output.stderr.contains(text))
    }
  }

  @Test(arguments: ["SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP"])
  func killingActionsEndTheProcess(action: String) throws {
    let container = try Container { $0["linux.seccomp"] = filter(chmods, action) }
    #expect(try container.run("touch /dev/shm/x; chmod 600 /dev/shm/x; echo $?").lines.last == "159")
  }

  @Test(arguments: ["SCMP_ACT_LOG", "SCMP_ACT_ALLOW"]) func passingActionsPass(action: String) throws {
    let container = try Container { $0["linux.seccomp"] = filter(chmods, action) }
    #expect(try container.run("touch /dev/shm/x; chmod 600 /dev/shm/x && echo passed").stdout == "passed\n")
  }

  @Test func argumentsAreCompared() throws {
    // chmod(path, 0600) is refused, every other mode passes. fchmodat has the mode as its third argument.
    let container = try Container {
      $0["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [
          [
            "names": ["chmod", "fchmod"], "action": "SCMP_ACT_ERRNO",
            "args": [["index": 1, "value": 0o600, "op": "SCMP_CMP_EQ"]],
          ],
          [
            "names": ["fchmodat", "fchmodat2"], "action": "SCMP_ACT_ERRNO",
            "args": [["index": 2, "value": 0o600, "op": "SCMP_CMP_EQ"]],
          ],
        ],
      ]
    }
    let output = try container.run(
      "touch /dev/shm/x; chmod 644 /dev/shm/x && echo 644; chmod 600 /dev/shm/x && echo 600")
    #expect(output.lines == ["644"])
  }

  @Test func filterIsThereFromTheFirstInstruction() throws {
    let container = try Container { $0["linux.seccomp"] = filter(chmods, "SCMP_ACT_ERRNO") }
    #expect(processStatus(try container.run("cat /proc/self/status").stdout)["Seccomp"] == "2")
  }

  /// C4: without no-new-privileges the filter is loaded while the process still may, before it loses its capabilities.
  @Test func filterOfAUserWithoutNoNewPrivileges() throws {
    let container = try Container {
      $0["process.noNewPrivileges"] = false
      $0["process.user"] = ["uid": 1000, "gid": 1000]
      $0["process.capabilities"] = [:]
      $0["linux.seccomp"] = filter(chmods, "SCMP_ACT_ERRNO")
    }
    let output = try container.run("cat /proc/self/status; touch /dev/shm/x; chmod 600 /dev/shm/x")
    #expect(processStatus(output.stdout)["Seccomp"] == "2")
    #expect(processStatus(output.stdout)["NoNewPrivs"] == "0")
    #expect(output.stderr.contains("Operation not permitted"))
  }

  /// C4: with it the filter is the last step before execve, so it need not allow what the runtime itself calls.
  @Test(arguments: [
    "setresuid", "setresgid", "setgroups", "capset", "capget", "prctl", "chdir", "seccomp", "openat2", "open",
    "close_range", "futex", "fcntl", "getdents64", "write", "sendmsg", "recvmsg", "getcwd", "mmap",
    "munmap", "brk", "rt_sigaction", "rt_sigprocmask", "prlimit64", "umask", "newfstatat", "dup3", "ioctl", "getpid",
    "openat", "read", "close", "fstat",
  ])
  func filterNeedNotAllowTheRuntimesCalls(name: String) throws {
    let container = try Container {
      $0["process.args"] = ["/tiny"]
      $0["process.noNewPrivileges"] = true
      $0["linux.seccomp"] = filter([name], "SCMP_ACT_KILL_PROCESS")
    }
    try TinyProgram.succeed.write(to: container.rootfs + "/tiny")
    try container.run().succeed()
  }

  @Test func programNeedsNothingButExecveAndExit() throws {
    let container = try Container {
      $0["process.args"] = ["/tiny"]
      $0["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [["names": ["execve", "exit"], "action": "SCMP_ACT_ALLOW"]],
      ]
    }
    try TinyProgram.succeed.write(to: container.rootfs + "/tiny")
    try container.run().succeed()
  }

  /// A name that nobody knows may be allowed in vain, but not be forbidden in vain.
  @Test func unknownNameMatters() throws {
    let container = try Container { $0["linux.seccomp"] = filter(["no_such_call"], "SCMP_ACT_ERRNO") }
    try container.expectRefusal(saying: "no_such_call")
    try container.edit {
      $0["process.args"] = ["/tiny"]
      $0["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [["names": ["execve", "exit", "no_such_call"], "action": "SCMP_ACT_ALLOW"]],
      ]
    }
    try TinyProgram.succeed.write(to: container.rootfs + "/tiny")
    try container.run().succeed()
  }

  static let impossible: [(String, JSONValue)] = [
    ("linux.seccomp.defaultAction", "SCMP_ACT_BOGUS"), ("linux.seccomp.architectures", ["SCMP_ARCH_BOGUS"]),
    ("linux.seccomp.flags", ["SECCOMP_FILTER_FLAG_BOGUS"]), ("linux.seccomp.syscalls.0.names", []),
    ("linux.seccomp.syscalls.0.args", [["index": 6, "value": 1, "op": "SCMP_CMP_EQ"]]),
    ("linux.seccomp.syscalls.0.args", [["index": 1, "value": 1, "op": "SCMP_CMP_BOGUS"]]),
    ("linux.seccomp.syscalls.0.action", "SCMP_ACT_BOGUS"), ("linux.seccomp.syscalls.0.errnoRet", 5000),
  ]

  @Test(arguments: impossible) func impossibleFilterIsRefused(path: String, value: JSONValue) throws {
    let container = try Container {
      $0["linux.seccomp"] = filter(chmods, "SCMP_ACT_ERRNO")
      $0[path] = value
    }
    try container.expectRefusal(saying: "linux.seccomp")
  }

  /// C4: a notification for write could never be told to the listener.
  @Test func notificationOfWriteIsRefused() throws {
    let container = try Container {
      $0["linux.seccomp"] = filter(["write"], "SCMP_ACT_NOTIFY")
      $0["linux.seccomp.listenerPath"] = "/nowhere/socket"
    }
    try container.expectRefusal(saying: "SCMP_ACT_NOTIFY", "write")
  }

  @Test func listenerAnswersForTheContainer() throws {
    let container = try Container { $0["linux.seccomp"] = filter(["mkdir", "mkdirat"], "SCMP_ACT_NOTIFY") }
    let socket = container.scratch.path("listener")
    try container.edit {
      $0["linux.seccomp.listenerPath"] = .string(socket)
      $0["linux.seccomp.listenerMetadata"] = "some metadata"
    }
    let listener = try PythonHelper(SeccompTests.listener, socket, in: container.scratch)
    let output = try container.run("mkdir /dev/shm/x; ls /dev/shm")
    #expect(output.stderr.contains("No space left on device"))
    #expect(output.stdout.isEmpty)
    let state = try JSONValue(parsing: try #require(listener.lines().first))
    #expect(state["metadata"] == "some metadata")
    #expect(state["fds"] == ["seccompFd"])
    #expect(state["state.id"] == .string(container.id))
    #expect(state["state.status"] == "creating")
    #expect(state["pid"]?.integer ?? 0 > 0)
  }

  /// Prints the state that came with the descriptor and answers one notification with ENOSPC (seccomp_unotify(2)).
  private static let listener = #"""
    import fcntl, json, socket, struct, sys
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(sys.argv[1])
    server.listen(1)
    print("ready", flush=True)
    peer, _ = server.accept()
    text, descriptors, _, _ = socket.recv_fds(peer, 65536, 4)
    while True:
        try:
            print(json.dumps(json.loads(text)), flush=True)
            break
        except ValueError:
            text += peer.recv(65536)
    notification = bytearray(80)
    fcntl.ioctl(descriptors[0], 0xc0502100, notification)
    identifier = struct.unpack_from("Q", notification)[0]
    fcntl.ioctl(descriptors[0], 0xc0182101, bytearray(struct.pack("QqiI", identifier, 0, -28, 0)))
    """#

  /// C13: a further process has the container's filter.
  @Test func execHasTheFilter() throws {
    let container = try Container { $0["linux.seccomp"] = filter(chmods, "SCMP_ACT_ERRNO") }
    try container.runDetached()
    let output = try container.exec(["/bin/sh", "-c", "cat /proc/self/status; touch /dev/shm/x; chmod 600 /dev/shm/x"])
    #expect(processStatus(output.stdout)["Seccomp"] == "2")
    #expect(output.stderr.contains("Operation not permitted"))
  }
}
