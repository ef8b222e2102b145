import Testing

@testable import CommandLine

/// The command lines that engines were seen to use.
@Suite struct CallerTests {
  static let global = "--root /run/containerd/runc/k8s.io --log /b/log.json --log-format json"

  private func expectGlobal(_ options: GlobalOptions, systemd: Bool = false, debug: Bool = false) {
    var expected = GlobalOptions()
    expected.root = "/run/containerd/runc/k8s.io"
    expected.log = "/b/log.json"
    expected.logFormat = .json
    expected.systemdCgroup = systemd
    expected.debug = debug
    #expect(options == expected)
  }

  // MARK: - containerd's shim

  @Test(arguments: [
    ("", false, false, false), (" --console-socket /tmp/pty1/pty.sock", true, false, false),
    (" --no-pivot --no-new-keyring", false, true, false), (" --pidfd-socket /tmp/p", false, false, true),
  ])
  func shimCreates(_ more: String, _ console: Bool, _ noPivot: Bool, _ pidfd: Bool) throws {
    let invocation = try parsed("\(Self.global) create --bundle /b --pid-file /b/init.pid\(more) redis")
    expectGlobal(invocation.global)
    #expect(invocation.command == .create)
    #expect(invocation.arguments == ["redis"])
    let options = invocation.options
    #expect(options.string(.bundle) == "/b")
    #expect(options.string(.pidFile) == "/b/init.pid")
    #expect(options.string(.consoleSocket) == (console ? "/tmp/pty1/pty.sock" : nil))
    #expect(options.string(.pidfdSocket) == (pidfd ? "/tmp/p" : nil))
    #expect(options.flag(.noPivot) == noPivot)
    #expect(options.flag(.noNewKeyring) == noPivot)
    #expect(options.integer(.preserveFds) == nil)
  }

  @Test(arguments: ["start", "delete", "pause", "resume", "state"]) func shimNamesAContainer(_ name: String) throws {
    let invocation = try parsed("\(Self.global) --systemd-cgroup \(name) redis")
    expectGlobal(invocation.global, systemd: true)
    #expect(invocation.command.name == name)
    #expect(invocation.arguments == ["redis"])
  }

  @Test(arguments: [
    ("--rootless=true", GlobalOptions.Rootless.on), ("--rootless=false", .off), ("--rootless=auto", .automatic),
    ("--rootless true", .on), ("--rootless AUTO", .automatic), ("--rootless 0", .off), ("-rootless=T", .on),
  ])
  func shimSaysRootless(_ option: String, _ expected: GlobalOptions.Rootless) throws {
    #expect(try parsed("\(option) start redis").global.rootless == expected)
  }

  @Test func shimDeletesByForce() throws {
    let invocation = try parsed("\(Self.global) delete --force redis")
    #expect(invocation.command == .delete)
    #expect(invocation.options.flag(.force))
  }

  @Test(arguments: [("kill redis 9", false), ("kill --all redis 9", true), ("kill -a redis 9", true)])
  func shimKills(_ line: String, _ all: Bool) throws {
    let invocation = try parsed("\(Self.global) \(line)")
    expectGlobal(invocation.global)
    #expect(invocation.arguments == ["redis", "9"])
    #expect(invocation.options.flag(.all) == all)
  }

  @Test func shimAsksForProcesses() throws {
    let invocation = try parsed("\(Self.global) ps --format json redis")
    #expect(invocation.options.format == .json)
    #expect(invocation.arguments == ["redis"])
  }

  @Test(arguments: ["update --resources - redis", "update --resources=- redis", "update -r - redis"])
  func shimUpdatesFromStandardInput(_ line: String) throws {
    let invocation = try parsed("\(Self.global) \(line)")
    #expect(invocation.options.string(.resources) == "-")
    #expect(invocation.arguments == ["redis"])
  }

  @Test(arguments: [
    "exec --process /tmp/runc-process1 --console-socket /tmp/s --detach --pid-file /b/e1.pid redis",
    "exec --console-socket /tmp/s --process /tmp/runc-process1 --detach --pid-file /b/e1.pid redis",
  ])
  func shimExecutes(_ line: String) throws {
    let invocation = try parsed("\(Self.global) \(line)")
    expectGlobal(invocation.global)
    #expect(invocation.command == .exec)
    #expect(invocation.options.string(.process) == "/tmp/runc-process1")
    #expect(invocation.options.string(.consoleSocket) == "/tmp/s")
    #expect(invocation.options.string(.pidFile) == "/b/e1.pid")
    #expect(invocation.options.flag(.detach))
    #expect(!invocation.options.flag(.tty))
    #expect(invocation.arguments == ["redis"])
  }

  @Test func shimCheckpoints() throws {
    let line = """
      \(Self.global) checkpoint --image-path /i --work-path /w --parent-path ../p --tcp-established --ext-unix-sk \
      --shell-job --file-locks --manage-cgroups-mode soft --empty-ns network --empty-ns network --leave-running redis
      """
    let options = try parsed(line).options
    #expect(options.string(.imagePath) == "/i")
    #expect(options.string(.workPath) == "/w")
    #expect(options.string(.parentPath) == "../p")
    for flag in [FlagOption.tcpEstablished, .extUnixSk, .shellJob, .fileLocks, .leaveRunning] {
      #expect(options.flag(flag))
    }
    #expect(!options.flag(.preDump))
    #expect(options.cgroupsMode == .soft)
    #expect(options.strings(.emptyNs) == ["network", "network"])
    #expect(options.integer(.statusFd) == nil)
  }

  @Test func shimRestoresWithASingleDash() throws {
    let line = """
      \(Self.global) restore --image-path /i --work-path /w --detach --pid-file /b/init.pid --no-pivot \
      -no-subreaper --bundle /b redis
      """
    let invocation = try parsed(line)
    #expect(invocation.command == .restore)
    #expect(invocation.options.flag(.noSubreaper))
    #expect(invocation.options.flag(.noPivot))
    #expect(invocation.options.flag(.detach))
    #expect(invocation.options.string(.bundle) == "/b")
    #expect(invocation.arguments == ["redis"])
  }

  @Test func shimAsksForFeatures() throws {
    let invocation = try parsed("features")
    #expect(invocation.command == .features)
    #expect(invocation.global == GlobalOptions())
    #expect(invocation.arguments.isEmpty)
  }

  // MARK: - Docker, conmon, Podman, Buildah

  @Test(arguments: ["--version", "-v", "-version", "--version=true", "--debug -v", "--version create x"])
  func engineAsksForTheVersion(_ line: String) throws {
    guard case .version = try Request.parse(["runc"] + words(line)) else {
      Issue.record("not the version: \(line)")
      return
    }
  }

  @Test func conmonCreates() throws {
    let line = """
      --systemd-cgroup --log-format=json --log /u/oci-log create --bundle /u --pid-file /r/pidfile \
      --console-socket /tmp/conmon-term.AB12cd 5f0c
      """
    let invocation = try parsed(line)
    #expect(invocation.global.logFormat == .json)
    #expect(invocation.global.log == "/u/oci-log")
    #expect(invocation.global.systemdCgroup)
    #expect(invocation.global.root == nil)
    #expect(invocation.options.string(.consoleSocket) == "/tmp/conmon-term.AB12cd")
    #expect(invocation.arguments == ["5f0c"])
  }

  @Test func conmonExecutes() throws {
    let line = "exec --pid-file /p --process /f --detach --tty --console-socket /s 5f0c"
    let invocation = try parsed(line)
    #expect(invocation.options.string(.pidFile) == "/p")
    #expect(invocation.options.string(.process) == "/f")
    #expect(invocation.options.flag(.tty))
    #expect(invocation.arguments == ["5f0c"])
  }

  @Test func podmanUpdatesFromAFile() throws {
    let invocation = try parsed("--debug update --resources=/var/tmp/podman1 5f0c")
    #expect(invocation.global.debug)
    #expect(invocation.options.string(.resources) == "/var/tmp/podman1")
  }

  @Test(arguments: [
    ("start web", Command.start), ("state web", .state), ("delete web", .delete), ("delete --force web", .delete),
    ("kill web 15", .kill), ("pause web", .pause), ("resume web", .resume),
    ("create --bundle /var/tmp/buildah1 --pid-file /p web", .create),
  ])
  func buildahAndPodmanGiveNoGlobalOption(_ line: String, _ command: Command) throws {
    let invocation = try parsed(line)
    #expect(invocation.command == command)
    #expect(invocation.arguments.first == "web")
    #expect(invocation.global == GlobalOptions())
  }

  // MARK: - Older callers

  @Test func criuIsIgnored() throws {
    let invocation = try parsed("--criu /usr/sbin/criu --root /r checkpoint -criu=x web")
    #expect(invocation.global.root == "/r")
    #expect(invocation.arguments == ["web"])
  }

  @Test func obsoleteOptionsAreTaken() throws {
    let invocation = try parsed("update --kernel-memory 50M --kernel-memory-tcp=-1 web")
    #expect(invocation.options.size(.kernelMemory) == 50 << 20)
    #expect(invocation.options.size(.kernelMemoryTcp) == -1)
    #expect(try parsed("exec --no-subreaper web true").arguments == ["web", "true"])
  }
}
