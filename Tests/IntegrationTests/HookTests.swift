import Foundation
import Testing

/// The six kinds of hooks: order, namespace, arguments, environment, state, time and failure.
@Suite(.scratch) struct HookTests {
  /// A script of the host that notes its name and what it was given, below the scratch folder.
  func recorder(_ container: Container, _ body: String = "") throws -> String {
    let path = container.scratch.path("hook")
    let notes = container.scratch.path("notes")
    try makeScript(
      """
      #!/bin/sh
      cat >"\(notes).$1.state"
      env >"\(notes).$1.env"
      readlink /proc/self/ns/mnt >"\(notes).$1.mnt"
      ls /proc/self/fd >"\(notes).$1.fds"
      pwd >"\(notes).$1.cwd"
      echo "$0 $*" >>"\(notes)"
      \(body)

      """, at: path)
    return path
  }

  func hook(_ path: String, _ name: String, more: [String: JSONValue] = [:]) -> JSONValue {
    let members: [String: JSONValue] = ["path": .string(path), "args": ["hook-name", .string(name)]]
    return .object(members.merging(more) { $1 })
  }

  private static let hostKinds = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"]

  @Test func hooksRunInOrderWithTheirArguments() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let path = try recorder(container)
    try container.edit { config in
      for kind in HookTests.hostKinds { config["hooks.\(kind)"] = [hook(path, kind + "1"), hook(path, kind + "2")] }
    }
    try container.run().succeed()
    let words = readText(container.scratch.path("notes")).split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(words.map(String.init) == HookTests.hostKinds.flatMap { [$0 + "1", $0 + "2"] })
  }

  @Test func eachKindRunsInItsTimeOfLife() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let path = try recorder(container)
    try container.edit { config in
      for kind in HookTests.hostKinds { config["hooks.\(kind)"] = [hook(path, kind)] }
    }
    let notes = { readText(container.scratch.path("notes")).split(separator: "\n").count }
    try container.create().succeed()
    #expect(notes() == 3)
    try container.start().succeed()
    #expect(notes() == 4)
    try container.delete("--force").succeed()
    #expect(notes() == 5)
  }

  @Test(arguments: [
    ("prestart", "creating"), ("createRuntime", "creating"), ("createContainer", "creating"), ("poststart", "running"),
    ("poststop", "stopped"),
  ])
  func stateOnStandardInputHasTheStatus(kind: String, status: String) throws {
    let container = try Container {
      $0["process.args"] = ["sleep", "1000"]
      $0["annotations"] = ["key": "value"]
    }
    let path = try recorder(container)
    try container.edit { $0["hooks.\(kind)"] = [hook(path, kind)] }
    try container.create().succeed()
    let pid = try container.pid
    try container.start().succeed()
    try container.delete("--force").succeed()
    let state = try JSONValue(parsing: readText(container.scratch.path("notes.\(kind).state")))
    #expect(state["status"] == .string(status))
    #expect(state["id"] == .string(container.id))
    #expect(state["bundle"] == .string(container.bundle))
    #expect(state["annotations"]?.object == ["key": "value"])
    if kind == "createContainer" {
      #expect(state["pid"] == 1, "the pid as the container sees it")
    } else if kind != "poststop" {
      #expect(state["pid"] == .integer(Int(pid)))
    }
  }

  /// As in runc: one that prepares the root file system finds it where it begins.
  @Test func aCreateContainerHookBeginsInTheRootFileSystem() throws {
    let container = try Container { $0["process.args"] = ["cat", "/made-by-hook"] }
    let path = try recorder(container, "echo made >made-by-hook")
    try container.edit { $0["hooks.createContainer"] = [hook(path, "createContainer")] }
    #expect(try container.run().succeed().stdout == "made\n")
    #expect(readText(container.scratch.path("notes.createContainer.cwd")) == container.rootfs + "\n")
    #expect(readText(container.scratch.path("notes.createContainer.fds")).split(separator: "\n").count == 4)
  }

  @Test func namespacesAreTheRuntimesOrTheContainers() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let path = try recorder(container)
    try container.edit { config in
      for kind in ["prestart", "createRuntime", "createContainer", "poststart"] {
        config["hooks.\(kind)"] = [hook(path, kind)]
      }
    }
    try container.create().succeed()
    let inside = try namespace("mnt", of: container.pid) + "\n"
    try container.start().succeed()
    let namespace = { (kind: String) in readText(container.scratch.path("notes.\(kind).mnt")) }
    #expect(namespace("createContainer") == inside)
    for kind in ["prestart", "createRuntime", "poststart"] {
      #expect(namespace(kind).hasPrefix("mnt:") && namespace(kind) != inside)
    }
  }

  /// E16: a hook without `env` has a default PATH and nothing of the runtime's environment; with it, exactly that.
  @Test(arguments: hostKinds) func environmentIsTheHooks(kind: String) throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let path = try recorder(container)
    try container.edit {
      $0["hooks.\(kind)"] = [
        hook(path, "without"), hook(path, "with", more: ["env": ["PATH=/bin:/usr/bin", "ONLY=this"]]),
      ]
    }
    try container.scratch.start(container.words("run"), environment: ["SECRET=leak"]).wait().succeed()
    let names = { (hook: String) in
      Set(
        readText(container.scratch.path("notes.\(hook).env")).split(separator: "\n")
          .map { String($0.split(separator: "=")[0]) }
      ).subtracting(["PWD", "OLDPWD", "SHLVL", "_"])
    }
    #expect(names("without") == ["PATH"])
    #expect(names("with") == ["PATH", "ONLY"])
  }

  /// E16: a hook has its three streams and no descriptor of the runtime, and stands in the bundle.
  @Test(arguments: hostKinds) func descriptorsAreTheStreams(kind: String) throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let path = try recorder(container)
    try container.edit { $0["hooks.\(kind)"] = [hook(path, kind)] }
    let shell = ["/bin/bash", "-c", "exec \"$@\" 7</ 8</etc", "bash"]
    try container.scratch.run(shell + container.words("run")).succeed()
    let found = Set(readText(container.scratch.path("notes.\(kind).fds")).split(separator: "\n").map(String.init))
    #expect(found.isSubset(of: ["0", "1", "2", "3", "10", "255"]), "3 is the folder that ls reads; 10 is the script")
    #expect(found.isDisjoint(with: ["7", "8"]))
  }

  @Test func startContainerHookIsAProgramOfTheContainer() throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["process.args"] = ["cat", "/ran"]
      $0["hooks.startContainer"] = [["path": "/hook", "args": ["hook", "word"], "env": ["PATH=/bin"]]]
    }
    try makeScript("#!/bin/sh\ncat >/state\necho $1 $$ >/ran\n", at: container.rootfs + "/hook")
    try container.create().succeed()
    #expect(!fileExists(container.rootfs + "/ran"))
    try container.start().succeed()
    #expect(eventually { readText(container.rootfs + "/ran").hasPrefix("word ") })
    #expect(try JSONValue(parsing: readText(container.rootfs + "/state"))["status"] == "created")
  }

  /// A hook of the container's without an environment has that of the process.
  @Test func startContainerHookHasTheEnvironmentOfTheProcess() throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["process.args"] = ["cat", "/ran"]
      $0["process.env"] = ["PATH=/bin", "ONE=two"]
      $0["hooks.startContainer"] = [["path": "/hook"]]
    }
    try makeScript("#!/bin/sh\necho $ONE $HOME >/ran\n", at: container.rootfs + "/hook")
    #expect(try container.run().succeed().stdout == "two /root\n")
  }

  /// It goes through the filter of the container, even one that is loaded last.
  @Test func startContainerHookIsFiltered() throws {
    let container = try Container {
      $0["hooks.startContainer"] = [["path": "/bin/mkdir", "args": ["mkdir", "/dev/shm/x"]]]
      $0["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [["names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL"]],
      ]
    }
    try container.expectRefusal(saying: "error running startContainer hook #0", "bad system call")
  }

  /// The specification: a failing hook of create ends the creation, and the poststop hooks run.
  @Test(arguments: ["prestart", "createRuntime", "createContainer"])
  func failingHookEndsTheCreation(kind: String) throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let path = try recorder(container, "[ $1 != failing ] || { echo because >&2; exit 3; }")
    try container.edit {
      $0["hooks.\(kind)"] = [hook(path, "failing"), hook(path, "never")]
      $0["hooks.poststop"] = [hook(path, "poststop")]
    }
    let output = try container.create()
    try container.expectRefusal(of: output, saying: kind, path, "because")
    let words = readText(container.scratch.path("notes")).split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(words == ["failing", "poststop"])
  }

  /// The specification: the runtime generates an error and stops the container, whose program never runs.
  @Test func failingStartContainerHookEndsTheStart() throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["hooks.startContainer"] = [["path": "/bin/false"]]
      $0["process.args"] = ["touch", "/ran"]
    }
    try container.create().succeed()
    try container.expectRefusal(of: container.start(), saying: "startContainer", leavesNothing: false)
    #expect(try eventually { try isOver(container) })
    #expect(!fileExists(container.rootfs + "/ran"))
  }

  /// The same where create and start are one: the poststop hooks run.
  @Test func failingStartContainerHookEndsTheRun() throws {
    let container = try Container { $0["hooks.startContainer"] = [["path": "/bin/false"]] }
    let path = try recorder(container)
    try container.edit { $0["hooks.poststop"] = [hook(path, "poststop")] }
    try container.expectRefusal(saying: "startContainer")
    #expect(fileExists(container.scratch.path("notes.poststop.state")))
  }

  /// The specification (runtime.md, lifecycle, step 9): a failing poststart hook ends the container too.
  @Test func failingPoststartHookEndsTheContainer() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let path = try recorder(container, "exit 3")
    try container.edit { $0["hooks.poststart"] = [hook(path, "failing")] }
    try container.create().succeed()
    try container.expectRefusal(of: container.start(), saying: "poststart", path, leavesNothing: false)
    #expect(try eventually { try isOver(container) })
  }

  /// The specification: a failing poststop hook is a warning, and the others run.
  @Test func failingPoststopHookIsAWarning() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let path = try recorder(container, "[ $1 != failing ] || exit 3")
    try container.edit { $0["hooks.poststop"] = [hook(path, "failing"), hook(path, "after")] }
    let log = container.scratch.path("log")
    let scratch = container.scratch
    try scratch.run(
      [scratch.apus, "--root", scratch.root, "--log", log, "run", "--bundle", container.bundle, container.id]
    ).succeed()
    #expect(readText(log).contains("level=warning") && readText(log).contains("poststop"))
    #expect(fileExists(container.scratch.path("notes.after.state")))
  }

  private func isOver(_ container: Container) throws -> Bool {
    let output = try container.scratch.run(container.words("state"))
    if output.status != 0 { return output.stderr.contains("container does not exist") }
    return try JSONValue(parsing: output.stdout)["status"] == "stopped"
  }

  /// A hook that takes too long ends with all the processes of its group.
  @Test func slowHookEndsWithItsWholeGroup() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let mark = "3\(getpid())"
    let path = try recorder(container, "sleep \(mark) & sleep \(mark)")
    try container.edit { $0["hooks.createRuntime"] = [hook(path, "slow", more: ["timeout": 1])] }
    let start = ContinuousClock.now
    try container.expectRefusal(of: container.create(), saying: "createRuntime", path)
    #expect(ContinuousClock.now - start < .patient(4))
    #expect(try container.scratch.run(["/usr/bin/pgrep", "-f", "sleep \(mark)"]).lines.isEmpty)
  }

  @Test func missingHookIsNamed() throws {
    let container = try Container { $0["hooks.createRuntime"] = [["path": "/nowhere/hook"]] }
    try container.expectRefusal(saying: "createRuntime", "/nowhere/hook", "no such file or directory")
  }

  @Test func relativeHookIsRefused() throws {
    try Container { $0["hooks.prestart"] = [["path": "hook"]] }.expectRefusal(saying: "hooks.prestart[0].path")
  }
}
