import DBus
import OCI
import Testing

@testable import Cgroups

/// Which limits systemd is told, and how, for each generation of cgroups and version of systemd.
@Suite struct SystemdPropertiesTests {
  private static func told(
    _ resources: Spec.Resources, version: Int = 252, v2: Bool = true, isStart: Bool = true
  ) throws -> [String] {
    var properties = SystemdProperties(version, v2 ? .v2 : .v1)
    try properties.add(resources, property: "linux.resources", isStart: isStart)
    return properties.list.map { "\($0.name)=\(text($0.value))" }
  }

  private static func text(_ value: DBusValue) -> String {
    switch value {
    case .uint64(let number): number == .max ? "infinity" : String(number)
    case .string(let text): text
    case .boolean(let flag): String(flag)
    case .array("y", let bytes): bytes.map { text($0) }.joined(separator: ",")
    case .array(_, let values): "[" + values.map { text($0) }.joined(separator: ";") + "]"
    case .structure(let members): members.map { text($0) }.joined(separator: " ")
    case .byte(let byte): String(byte)
    default: "\(value)"
    }
  }

  struct Case: Sendable {
    let resources: Spec.Resources
    var version = 252
    let v1: [String]
    let v2: [String]
  }

  private static func memory(_ limit: Int64?, swap: Int64? = nil, reservation: Int64? = nil) -> Spec.Resources {
    var memory = Spec.Resources.Memory()
    (memory.limit, memory.swap, memory.reservation) = (limit, swap, reservation)
    return Spec.Resources(memory: memory)
  }

  private static func cpu(_ edit: (inout Spec.Resources.CPU) -> Void) -> Spec.Resources {
    var cpu = Spec.Resources.CPU()
    edit(&cpu)
    return Spec.Resources(cpu: cpu)
  }

  private static func unified(_ files: [String: String]) -> Spec.Resources {
    var resources = Spec.Resources()
    resources.unified = StringMap(files.map { ($0.key, $0.value) })
    return resources
  }

  static let cases: [Case] = [
    Case(resources: Spec.Resources(), v1: [], v2: []),
    Case(resources: memory(4096), v1: ["MemoryLimit=4096"], v2: ["MemoryMax=4096"]),
    Case(resources: memory(-1), v1: ["MemoryLimit=infinity"], v2: ["MemoryMax=infinity", "MemorySwapMax=infinity"]),
    Case(
      resources: memory(4096, swap: 8192, reservation: 1024), v1: ["MemoryLimit=4096"],
      v2: ["MemoryMax=4096", "MemoryLow=1024", "MemorySwapMax=4096"]),
    Case(resources: memory(4096, swap: 4096), v1: ["MemoryLimit=4096"], v2: ["MemoryMax=4096", "MemorySwapMax=0"]),
    Case(
      resources: memory(4096, swap: -1), v1: ["MemoryLimit=4096"], v2: ["MemoryMax=4096", "MemorySwapMax=infinity"]),
    Case(resources: cpu { $0.shares = 1024 }, v1: ["CPUShares=1024"], v2: ["CPUWeight=100"]),
    Case(
      resources: cpu {
        $0.idle = 1; $0.shares = 1024
      }, v1: ["CPUShares=1024"], v2: ["CPUWeight=0"]),
    Case(
      resources: cpu {
        $0.idle = 1; $0.shares = 1024
      }, version: 251, v1: ["CPUShares=1024"], v2: ["CPUWeight=100"]),
    Case(
      resources: cpu {
        $0.quota = 50_000; $0.period = 100_000
      },
      v1: ["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=500000"],
      v2: ["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=500000"]),
    Case(
      resources: cpu {
        $0.quota = 50_000; $0.period = 100_000
      }, version: 241, v1: ["CPUQuotaPerSecUSec=500000"],
      v2: ["CPUQuotaPerSecUSec=500000"]),
    // Whole percents of a processor, upwards.
    Case(resources: cpu { $0.quota = 12_345 }, v1: ["CPUQuotaPerSecUSec=130000"], v2: ["CPUQuotaPerSecUSec=130000"]),
    Case(resources: cpu { $0.quota = -1 }, v1: ["CPUQuotaPerSecUSec=infinity"], v2: ["CPUQuotaPerSecUSec=infinity"]),
    Case(
      resources: cpu { $0.period = 50_000 }, v1: ["CPUQuotaPeriodUSec=50000", "CPUQuotaPerSecUSec=infinity"],
      v2: ["CPUQuotaPeriodUSec=50000", "CPUQuotaPerSecUSec=infinity"]),
    Case(resources: Spec.Resources(pids: .init(limit: 7)), v1: ["TasksMax=7"], v2: ["TasksMax=7"]),
    Case(resources: Spec.Resources(pids: .init(limit: 0)), v1: ["TasksMax=1"], v2: ["TasksMax=1"]),
    Case(resources: Spec.Resources(pids: .init(limit: -1)), v1: ["TasksMax=infinity"], v2: ["TasksMax=infinity"]),
    Case(
      resources: cpu {
        $0.cpus = "0-1,9"; $0.mems = "0"
      }, v1: ["AllowedCPUs=3,2", "AllowedMemoryNodes=1"],
      v2: ["AllowedCPUs=3,2", "AllowedMemoryNodes=1"]),
    Case(resources: cpu { $0.cpus = "0" }, version: 243, v1: [], v2: []),
    Case(resources: Spec.Resources(blockIO: .init(weight: 500)), v1: ["BlockIOWeight=500"], v2: []),
    Case(
      resources: unified(["memory.high": "4096", "memory.min": " max\n", "pids.max": "0", "memory.oom.group": "1"]),
      v1: [], v2: ["MemoryHigh=4096", "MemoryMin=infinity", "TasksMax=1"]),
    Case(
      resources: unified(["memory.oom.group": "1", "hugetlb.2MB.max": "0"]), version: 253, v1: [],
      v2: ["OOMPolicy=kill"]),
    Case(
      resources: unified(["cpu.max": "max 100000", "cpu.weight": "50", "cpuset.cpus": "1"]), v1: [],
      v2: ["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=infinity", "CPUWeight=50", "AllowedCPUs=2"]),
    Case(
      resources: unified(["cpu.max": "20000"]), v1: [], v2: ["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=200000"]),
    Case(resources: unified(["cpu.idle": "1", "cpu.weight": "50"]), v1: [], v2: ["CPUWeight=0"]),
    Case(
      resources: unified(["memory.max": "1", "memory.low": "2", "memory.swap.max": "max"]), v1: [],
      v2: ["MemoryLow=2", "MemoryMax=1", "MemorySwapMax=infinity"]),
  ]

  @Test(arguments: SystemdPropertiesTests.cases.indices)
  func limits(_ index: Int) throws {
    let example = Self.cases[index]
    #expect(try Self.told(example.resources, version: example.version, v2: true) == example.v2)
    #expect(try Self.told(example.resources, version: example.version, v2: false) == example.v1)
  }

  @Test("what can be told at the start alone is not told again")
  func laterOOMPolicy() throws {
    #expect(try Self.told(Self.unified(["memory.oom.group": "1"]), version: 253, isStart: false).isEmpty)
  }

  @Test(
    arguments: [
      (unified(["memory.max": "much"]), "unified[\"memory.max\"]", "\"much\" is neither a number nor max"),
      (unified(["cpu.max": "1 2 3"]), "unified[\"cpu.max\"]", "\"1 2 3\" is no quota and period"),
      (unified(["cpu.max": ""]), "unified[\"cpu.max\"]", "\"\" is no quota and period"),
      (cpu { $0.cpus = "0-3:1/2" }, "cpu.cpus", "\"0-3:1/2\" is no list such as 0-3,7 that systemd could be told"),
    ])
  func refused(_ resources: Spec.Resources, _ property: String, _ problem: String) {
    #expect(throws: CgroupError.property("linux.resources.\(property)", problem: problem)) { try Self.told(resources) }
  }

  @Test("a quota in a file is rounded as systemd rounds it")
  func roundedQuota() throws {
    let resources = Self.cpu {
      $0.quota = 12_345; $0.period = 100_000
    }
    #expect(try SystemdUnitTests.plan(resources).writes.map { $0.value } == [.text("13000 100000")])
    let exact = Self.cpu {
      $0.quota = 12_000; $0.period = 100_000
    }
    #expect(try SystemdUnitTests.plan(exact).writes.map { $0.value } == [.text("12000 100000")])
  }

  @Test("devices are told as far as systemd has words for them")
  func devices() throws {
    var properties = SystemdProperties(252, .v2)
    properties.add(
      try DevicePolicy([
        Spec.Resources.DeviceRule(allow: true, type: "c", major: 4, minor: nil, access: "r"),
        Spec.Resources.DeviceRule(allow: true, type: "b", major: nil, minor: 1, access: "r"),
        Spec.Resources.DeviceRule(allow: true, type: "b", major: 8, minor: 1, access: "rw"),
        Spec.Resources.DeviceRule(allow: false, type: "b", major: 8, minor: nil, access: "w"),
      ]))
    let told = properties.list.map { "\($0.name)=\(Self.text($0.value))" }
    #expect(told[0] == "DeviceAllow=[]" && told[1] == "DevicePolicy=strict" && told.count == 3)
    #expect(
      told[2]
        == "DeviceAllow=[char-4 r;/dev/block/8:1 r;char-* m;block-* m;/dev/char/1:3 rwm;/dev/char/1:5 rwm;"
        + "/dev/char/1:7 rwm;/dev/char/1:8 rwm;/dev/char/1:9 rwm;/dev/char/5:0 rwm;/dev/char/5:2 rwm;char-136 rwm;"
        + "/dev/char/10:200 rwm]")
  }

  @Test("all devices, and all but some", arguments: [(false, "auto"), (true, "strict")])
  func openDevices(_ hasHole: Bool, _ policy: String) throws {
    var rules = [Spec.Resources.DeviceRule(allow: true, type: "a", major: nil, minor: nil, access: "rwm")]
    if hasHole { rules.append(Spec.Resources.DeviceRule(allow: false, type: "c", major: 1, minor: 3, access: "rwm")) }
    var properties = SystemdProperties(252, .v2)
    properties.add(try DevicePolicy(rules))
    #expect(
      properties.list.map { "\($0.name)=\(Self.text($0.value))" } == ["DeviceAllow=[]", "DevicePolicy=\(policy)"])
  }

  // MARK: Annotations

  @Test func annotations() throws {
    let plan = try SystemdUnitTests.plan(annotations: [
      "org.systemd.property.CollectMode": "'inactive-or-failed'", "org.systemd.property.TimeoutStopUSec": "uint64 5",
      "org.systemd.property.RuntimeMaxSec": "2", "org.systemd.property.TimeoutStopSec": "1.5", "other": "x",
      "org.systemd.property.FooSEC": "1", "org.systemd.property.After": "['a.service']",
    ])
    let told = plan.systemdProperties.map { "\($0.name)=\(Self.text($0.value))" }
    #expect(
      Array(told.dropFirst(8).prefix(6)) == [
        "After=[a.service]", "CollectMode=inactive-or-failed", "FooSEC=int32(1)", "RuntimeMaxUSec=2000000",
        "TimeoutStopUSec=1500000", "TimeoutStopUSec=5",
      ])
  }

  @Test(
    arguments: [
      ("ab", "1", "name incorrect: too short"), ("a-b", "1", "name incorrect: contains non-alphabetic character"),
      (
        "CollectMode", "inactive",
        "value parse error: a value was expected (a text stands in quotes) at byte 0; "
          + "values are written as in busctl or GVariant"
      ),
      ("TimeoutStopSec", "'1'", "value parse error: not a number of seconds"),
      ("TimeoutStopSec", "-1", "value parse error: not a number of seconds"),
      ("TimeoutStopSec", "uint64 18446744073709551615", "value parse error: not a number of seconds"),
    ])
  func refusedAnnotations(_ name: String, _ value: String, _ problem: String) {
    #expect(throws: CgroupError.property("annotations[\"org.systemd.property.\(name)\"]", problem: problem)) {
      try SystemdUnitTests.plan(annotations: StringMap([("org.systemd.property.\(name)", value)]))
    }
  }

  @Test("every scope is delegated and counted", arguments: [true, false])
  func basics(_ isUnified: Bool) throws {
    let plan = try SystemdUnitTests.plan(path: "a.slice:b:c", v2: isUnified)
    #expect(
      plan.systemdProperties.prefix(8).map { "\($0.name)=\(Self.text($0.value))" } == [
        "Description=apus container web", "Slice=a.slice", "Delegate=true", "MemoryAccounting=true",
        "CPUAccounting=true", isUnified ? "IOAccounting=true" : "BlockIOAccounting=true", "TasksAccounting=true",
        "DefaultDependencies=false",
      ])
  }
}
