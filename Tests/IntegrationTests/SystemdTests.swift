import Foundation
import Testing

/// Containers whose cgroups a real systemd makes. They run wherever a systemd can be reached: on a host that is booted
/// with one, in `make test-systemd`, and in the guest.
@Suite(.scratch, .enabled(if: Systemd.isReachable, "needs a systemd")) struct SystemdTests {
  private func container(_ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> (Container, unit: String) {
    let container = try Container()
    try container.edit {
      $0["linux.cgroupsPath"] = .string("apustest-inner.slice:apus:\(container.id)")
      $0["process.args"] = ["/bin/sleep", "1000"]
      try edit(&$0)
    }
    return (container, "apus-\(container.id).scope")
  }

  private func create(_ container: Container, _ command: String = "create", options: [String] = []) throws -> Output {
    try container.scratch.run(Systemd.words(container, command, options))
  }

  @Test func scopeHoldsTheContainerForItsWholeLife() throws {
    let (container, unit) = try container()
    let scratch = container.scratch
    try create(container).succeed()
    let shown = try Systemd.show(unit, ["ActiveState", "Slice", "Delegate", "ControlGroup", "DevicePolicy"], scratch)
    #expect(
      shown == [
        "ActiveState=active", "ControlGroup=/apustest.slice/apustest-inner.slice/\(unit)", "Delegate=yes",
        "DevicePolicy=strict", "Slice=apustest-inner.slice",
      ])
    let folders = try HostCgroups.folders(of: container.pid, on: scratch)
    #expect(!folders.isEmpty && folders.allSatisfy { $0.hasSuffix("/apustest.slice/apustest-inner.slice/\(unit)") })
    // What held the scope open for the container is gone.
    #expect(try folders.allSatisfy { readText($0 + "/cgroup.procs") == "\(try container.pid)\n" })
    try container.start().succeed()
    #expect(try container.status == "running")
    #expect(try container.apus("ps", container.id).succeed().lines.count == 2)
    let inside = try container.exec(["/bin/sh", "-c", "echo x > /dev/null && cat /proc/self/cgroup"]).succeed()
    #expect(inside.stdout.contains("0::/"))
    #expect(try container.apus("events", "--stats", container.id).succeed().stdout.contains("\"type\":\"stats\""))
    try container.apus("pause", container.id).succeed()
    #expect(try container.status == "paused")
    try container.apus("resume", container.id).succeed()
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
    #expect(try Systemd.units(unit, scratch).isEmpty)
    #expect(folders.filter(fileExists).isEmpty)
  }

  @Test func nameAndSliceAreRuncsWithoutAPath() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    try create(container).succeed()
    let shown = try Systemd.show("runc-\(container.id).scope", ["ControlGroup"], container.scratch)
    #expect(shown == ["ControlGroup=/system.slice/runc-\(container.id).scope"])
  }

  @Test func foregroundRunLeavesNothing() throws {
    let (container, unit) = try container { $0["process.args"] = ["/bin/sh", "-c", "exit 7"] }
    try create(container, "run").expect(status: 7)
    #expect(try Systemd.units(unit, container.scratch).isEmpty)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test func forcedDeleteOfARunningOneLeavesNothing() throws {
    let (container, unit) = try container()
    try create(container, "run", options: ["--detach"]).succeed()
    try container.delete("--force").succeed()
    #expect(try Systemd.units(unit, container.scratch).isEmpty)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// The rules are those of apus, and hold when systemd reads everything again.
  @Test func devicesStayLimited() throws {
    let (container, _) = try container {
      $0["linux.devices"] = [["path": "/dev/kmsg", "type": "c", "major": 1, "minor": 11, "fileMode": 0o666]]
    }
    try create(container, "run", options: ["--detach"]).succeed()
    for _ in 1...2 {
      let output = try container.exec(["/bin/sh", "-c", "echo x > /dev/null; echo $?; exec 3< /dev/kmsg"])
      #expect(output.stdout == "0\n")
      #expect(output.status != 0 && output.stderr.contains("Operation not permitted"), "\(output)")
      try container.scratch.run(["/usr/bin/systemctl", "daemon-reload"]).succeed()
    }
  }

  // MARK: Limits

  @Test(.enabled(if: Systemd.hasControllers, "needs the controllers memory, cpu and pids in the v2 tree"))
  func limitsAreTheKernelsAndSystemds() throws {
    let (container, unit) = try container {
      $0["linux.resources.memory"] = ["limit": 67_108_864, "swap": 100_663_296]
      $0["linux.resources.cpu"] = ["shares": 2048, "quota": 15_001, "period": 100_000]
      // The program itself must fit beside nothing else.
      $0["linux.resources.pids"] = ["limit": 1]
      $0["linux.resources.unified"] = ["memory.high": "50331648"]
    }
    let scratch = container.scratch
    try create(container, "run", options: ["--detach"]).succeed()
    let names = ["MemoryMax", "MemoryHigh", "MemorySwapMax", "CPUQuotaPerSecUSec", "TasksMax"]
    #expect(
      try Systemd.show(unit, names, scratch) == [
        "CPUQuotaPerSecUSec=160ms", "MemoryHigh=50331648", "MemoryMax=67108864", "MemorySwapMax=33554432", "TasksMax=1",
      ])
    let folder = try #require(try HostCgroups.folders(of: container.pid, on: scratch).first)
    func files() -> [String] {
      ["memory.max", "memory.high", "memory.swap.max", "cpu.max", "pids.max"].map {
        readText("\(folder)/\($0)").trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    #expect(files() == ["67108864", "50331648", "33554432", "16000 100000", "1"])
    try container.apus(
      "update", "--memory", "83886080", "--memory-swap", "-1", "--cpu-quota", "20000", "--pids-limit", "20",
      container.id
    ).succeed()
    #expect(
      try Systemd.show(unit, names, scratch) == [
        "CPUQuotaPerSecUSec=200ms", "MemoryHigh=50331648", "MemoryMax=83886080", "MemorySwapMax=infinity",
        "TasksMax=20",
      ])
    let after = ["83886080", "50331648", "max", "20000 100000", "20"]
    #expect(files() == after)
    // systemd writes what it knows again.
    try scratch.run(["/usr/bin/systemctl", "daemon-reload"]).succeed()
    #expect(files() == after)
    // What the kernel refuses, systemd does not learn. (A quota it would round up.)
    let refused = try container.apus("update", "--pids-limit", "30", "--cpuset-cpus", "99", container.id)
    #expect(refused.isRefusal, "\(refused)")
    #expect(files() == after)
    #expect(try Systemd.show(unit, ["TasksMax"], scratch) == ["TasksMax=20"])
  }

  @Test func annotationsBecomeProperties() throws {
    let (container, unit) = try container {
      $0["annotations"] = [
        "org.systemd.property.TimeoutStopUSec": "uint64 7000000",
        "org.systemd.property.CollectMode": "'inactive-or-failed'", "org.systemd.property.RuntimeMaxSec": "3600",
      ]
    }
    try create(container).succeed()
    #expect(
      try Systemd.show(unit, ["TimeoutStopUSec", "CollectMode", "RuntimeMaxUSec"], container.scratch)
        == ["CollectMode=inactive-or-failed", "RuntimeMaxUSec=1h", "TimeoutStopUSec=7s"])
  }

  // MARK: Refusals

  @Test func systemdsRefusalIsTold() throws {
    let (container, unit) = try container { $0["annotations"] = ["org.systemd.property.Nonsense": "1"] }
    try container.expectRefusal(
      of: try create(container), saying: "systemd: start the unit \(unit): ", "Cannot set property Nonsense",
      "(org.freedesktop.DBus.Error.PropertyReadOnly)", "hint: see the annotations org.systemd.property.*")
    #expect(try Systemd.units(unit, container.scratch).isEmpty)
  }

  @Test func unitOfSomebodyElseStays() throws {
    let (container, unit) = try container()
    let scratch = container.scratch
    let other = try scratch.start(
      ["/usr/bin/systemd-run", "--quiet", "--scope", "--unit=\(unit)", "/bin/sleep", "1000"])
    defer { other.signal(15) }
    #expect(try eventually { try Systemd.show(unit, ["ActiveState"], scratch) == ["ActiveState=active"] })
    try container.expectRefusal(
      of: try create(container),
      saying: "systemd: start the unit \(unit): a unit of that name is there already, and active",
      "hint: stop it by systemctl stop", leavesNothing: false)
    #expect(other.isRunning)
    #expect(try Systemd.show(unit, ["ActiveState"], scratch) == ["ActiveState=active"])
    #expect(!fileExists(scratch.inside(container.stateFolder)))
    other.signal(15)
    _ = try other.wait()
  }

  @Test func failedUnitIsReplaced() throws {
    let (container, unit) = try container()
    let scratch = container.scratch
    // A scope whose processes must be killed, as they do not end in time, has failed.
    let other = try scratch.start(
      [
        "/usr/bin/systemd-run", "--quiet", "--scope", "--unit=\(unit)", "-p", "TimeoutStopSec=200ms", "/bin/sh", "-c",
        "trap '' TERM; while :; do sleep 1; done",
      ])
    #expect(try eventually { try Systemd.show(unit, ["ActiveState"], scratch) == ["ActiveState=active"] })
    _ = try scratch.run(["/usr/bin/systemctl", "stop", unit])
    _ = try other.wait()
    #expect(try Systemd.show(unit, ["ActiveState"], scratch) == ["ActiveState=failed"])
    try create(container).succeed()
    #expect(try Systemd.show(unit, ["ActiveState"], scratch) == ["ActiveState=active"])
  }

  /// A runtime that is killed takes its scope along: what holds it open ends with the runtime.
  @Test(arguments: ["runtime.cgroup.made:after", "runtime.clone.done:after", "runtime.init.ready:before"])
  func deathOfTheRuntimeLeavesNoScope(_ point: String) throws {
    let (container, unit) = try container()
    let scratch = container.scratch
    var words = Systemd.words(container, "create")
    words[0] = try TestEnvironment.faultBinary
    let output = try scratch.start(words, environment: ["APUS_FAULT=\(point):kill"]).wait()
    #expect(output.status == 128 + 9, "\(output)")
    #expect(try eventually { try Systemd.units(unit, scratch).isEmpty })
    try container.delete("--force").succeed()
    #expect(try scratch.remains(of: container.id).isEmpty)
  }

  /// A container about which nothing is written down any more is found by its unit.
  @Test func damagedRecordIsNoHindrance() throws {
    let (container, unit) = try container()
    try create(container, "run", options: ["--detach"]).succeed()
    try Data("{".utf8).write(to: URL(filePath: container.scratch.inside(container.stateFile)))
    try container.delete("--force").succeed()
    #expect(try Systemd.units(unit, container.scratch).isEmpty)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }
}

/// The systemd of the machine, as the tests see it.
enum Systemd {
  static var isReachable: Bool { fileExists("/run/systemd/system") && fileExists("/run/systemd/private") }

  static var hasControllers: Bool {
    let controllers = readText("/sys/fs/cgroup/cgroup.controllers").split { $0 == " " || $0 == "\n" }
    return ["memory", "cpu", "pids"].allSatisfy { controllers.contains(Substring($0)) }
  }

  /// The words of a command with cgroups by systemd.
  static func words(_ container: Container, _ command: String, _ options: [String] = []) -> [String] {
    var words = container.words(command, options)
    words.insert("--systemd-cgroup", at: 1)
    return words
  }

  /// Properties of a unit, sorted.
  static func show(_ unit: String, _ properties: [String], _ scratch: Scratch) throws -> [String] {
    try scratch.run(["/usr/bin/systemctl", "show", unit] + properties.flatMap { ["--property", $0] }).succeed().lines
      .sorted()
  }

  /// The units of a name that systemd has.
  static func units(_ name: String, _ scratch: Scratch) throws -> [String] {
    try scratch.run(["/usr/bin/systemctl", "list-units", "--all", "--plain", "--no-legend", name]).succeed().lines
  }
}
