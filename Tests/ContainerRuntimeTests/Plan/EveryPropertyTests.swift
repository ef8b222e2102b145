import Cgroups
import ContainerRuntime
import JSON
import Kernel
import OCI
import Testing

/// Nothing of a configuration is passed over in silence: whatever value of whatever property changes, the plan is another
/// one, or the change is refused. What has no effect at all is on a short list.
@Suite struct EveryPropertyTests {
  /// Places whose value decides nothing, and why.
  static let withoutEffect: [String: String] = [
    "process.commandLine": "only Windows has it",
    "process.user.username": "only Windows has it",
    "linux.resources.memory.kernel": "Linux has no such limit any more; a warning",
    "linux.resources.memory.checkBeforeUpdate": "of update (CgroupUpdateTests)",
    "ociVersion": "every 1.x means the same, and the state tells it",
    "mounts[0].type": "a dummy where a mount is bound (config.md, Mounts)",
  ]

  /// Every property once. A value that only goes with some others is in `variants`.
  private static let document = #"""
    {"ociVersion":"1.3.0","hostname":"h","domainname":"d","annotations":{"a":"b"},
    "root":{"path":"rootfs","readonly":true},
    "mounts":[
      {"destination":"/bound","type":"none","source":"/src","options":["bind","ro"],
       "uidMappings":[{"containerID":0,"hostID":5,"size":6}],"gidMappings":[{"containerID":0,"hostID":5,"size":6}]},
      {"destination":"/tmp","type":"tmpfs","source":"tmpfs","options":["size=64k"]}],
    "process":{"terminal":true,"consoleSize":{"height":3,"width":4},"cwd":"/","env":["A=b"],"args":["a"],
      "commandLine":"c","user":{"uid":1,"gid":2,"umask":3,"additionalGids":[4],"username":"u"},
      "capabilities":{"bounding":["CAP_CHOWN","CAP_KILL"],"effective":["CAP_CHOWN","CAP_KILL"],
        "permitted":["CAP_CHOWN","CAP_KILL"],"inheritable":["CAP_CHOWN","CAP_KILL"],"ambient":["CAP_CHOWN"]},
      "rlimits":[{"type":"RLIMIT_NOFILE","soft":10,"hard":20}],"noNewPrivileges":true,"oomScoreAdj":5,
      "apparmorProfile":"p","selinuxLabel":"l",
      "scheduler":{"policy":"SCHED_DEADLINE","flags":["SCHED_FLAG_RESET_ON_FORK"],"runtime":1000000,
        "deadline":2000000,"period":3000000},
      "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":4},"execCPUAffinity":{"initial":"0","final":"1"}},
    "hooks":{
      "prestart":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}],
      "createRuntime":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}],
      "createContainer":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}],
      "startContainer":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}],
      "poststart":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}],
      "poststop":[{"path":"/h","args":["a"],"env":["A=b"],"timeout":1}]},
    "linux":{
      "namespaces":[{"type":"pid"},{"type":"mount"},{"type":"network"},{"type":"uts"},{"type":"user"},{"type":"time"},
        {"type":"cgroup"},{"type":"ipc","path":"/ns/ipc"}],
      "uidMappings":[{"containerID":0,"hostID":100000,"size":1000}],
      "gidMappings":[{"containerID":0,"hostID":100000,"size":1000}],
      "timeOffsets":{"monotonic":{"secs":1,"nanosecs":2},"boottime":{"secs":3,"nanosecs":4}},
      "devices":[{"path":"/dev/x","type":"c","major":1,"minor":3,"fileMode":438,"uid":1,"gid":2}],
      "netDevices":{"eth0":{"name":"eth1"}},"cgroupsPath":"/a/b","rootfsPropagation":"slave",
      "sysctl":{"net.ipv4.ip_forward":"1"},"maskedPaths":["/masked"],"readonlyPaths":["/readonly"],"mountLabel":"m",
      "personality":{"domain":"LINUX32","flags":[]},
      "memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]},
      "intelRdt":{"closID":"c","schemata":["L2:0=1"],"l3CacheSchema":"L3:0=f","memBwSchema":"MB:0=20",
        "enableMonitoring":true},
      "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":5,"architectures":["SCMP_ARCH_X86"],
        "flags":["SECCOMP_FILTER_FLAG_LOG"],"listenerPath":"/listener","listenerMetadata":"data",
        "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","errnoRet":7,
          "args":[{"index":0,"value":1,"valueTwo":1,"op":"SCMP_CMP_MASKED_EQ"}]},
          {"names":["mount"],"action":"SCMP_ACT_NOTIFY"}]},
      "resources":{
        "devices":[{"allow":false,"access":"rw"},{"allow":true,"type":"c","major":10,"minor":11,"access":"rw"}],
        "memory":{"limit":40960000,"reservation":20480000,"swap":81920000,"kernel":4096,"kernelTCP":8192,
          "swappiness":5,"disableOOMKiller":true,"useHierarchy":true,"checkBeforeUpdate":true},
        "cpu":{"shares":100,"quota":50000,"burst":1000,"period":100000,"realtimeRuntime":1000,
          "realtimePeriod":100000,"cpus":"0","mems":"0","idle":0},
        "pids":{"limit":5},
        "blockIO":{"weight":100,"leafWeight":100,
          "weightDevice":[{"major":8,"minor":0,"weight":100,"leafWeight":100}],
          "throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1}],
          "throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":1}],
          "throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":1}],
          "throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":1}]},
        "hugepageLimits":[{"pageSize":"2MB","limit":5}],
        "network":{"classID":1,"priorities":[{"name":"lo","priority":1}]},
        "rdma":{"mlx":{"hcaHandles":1,"hcaObjects":2}},
        "unified":{"cgroup.max.depth":"3"}}}}
    """#

  private static let variants: [[String: JSONValue]] = [
    [:],
    ["scheduler": .object(["policy": .string("SCHED_FIFO"), "priority": .number("3")])],
    ["scheduler": .object(["policy": .string("SCHED_OTHER"), "nice": .number("3")])],
  ]

  private static func documents() throws -> [JSONValue] {
    let document = try JSONValue(json: Array(document.utf8), named: "document")
    return variants.map { variant in
      var document = document
      for (name, value) in variant { document = change(document, ["process", name][...]) { _ in value } }
      return document
    }
  }

  /// A machine that has everything.
  private static func host() throws -> HostFacts {
    let controllers = [
      "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls", "net_prio", "hugetlb",
      "rdma",
    ]
    var host = HostFacts(
      lastCapability: 40, capabilities: .all(last: 40), effectiveUser: 0,
      cgroups: try CgroupLayout(
        hierarchies: try controllers.map { .init(name: $0, mountPoint: try HostPath("/sys/fs/cgroup/\($0)")) }
          + [.init(name: "", mountPoint: try HostPath("/sys/fs/cgroup/unified"))]))
    host.hasAppArmor = true
    host.hasSELinux = true
    host.resourceControl = try HostPath("/sys/fs/resctrl")
    return host
  }

  private static func plan(_ document: JSONValue) throws -> Plan {
    try Plan(
      id: "web", bundle: HostPath("/bundle"), spec: Spec(json: document.json(), named: "config.json"), host: host())
  }

  @Test func everyValueCounts() throws {
    var used: Set<String> = []
    var passedOver: Set<String> = []
    for document in try Self.documents() {
      let plan = try Self.plan(document)
      for steps in Self.leaves(document) {
        let name = Self.text(steps)
        do {
          let other = try Self.plan(Self.change(document, steps[...], Self.another))
          if other == plan { passedOver.insert(name) } else { used.insert(name) }
        } catch is InvalidConfiguration {
          used.insert(name)
        } catch is JSONError {
          used.insert(name)
        }
      }
    }
    #expect(used.count > 170)
    #expect(passedOver == Set(Self.withoutEffect.keys), "\(passedOver.symmetricDifference(Self.withoutEffect.keys))")
  }

  /// The document leaves nothing out that a configuration can have: SchemaTests compare `Spec` with the schema.
  @Test func documentHasEveryProperty() throws {
    var present: Set<String> = []
    var missing: Set<String> = []
    for document in try Self.documents() {
      Self.walk(try Spec(json: document.json(), named: "config.json"), "", &present, &missing)
    }
    #expect(missing.subtracting(present) == [])
    #expect(present.count > 100)
  }

  private static func walk(_ value: Any, _ path: String, _ present: inout Set<String>, _ missing: inout Set<String>) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      guard let inner = mirror.children.first else {
        missing.insert(path)
        return
      }
      present.insert(path)
      return walk(inner.value, path, &present, &missing)
    }
    for child in mirror.children {
      let isNamed = mirror.displayStyle == .struct && child.label != nil
      walk(child.value, isNamed ? path + "." + (child.label ?? "") : path, &present, &missing)
    }
  }

  // MARK: Places of a document

  private static func leaves(_ value: JSONValue, _ path: [String] = []) -> [[String]] {
    switch value {
    case .object(let members): members.flatMap { leaves($0.value, path + [$0.key]) }
    case .array(let elements): elements.enumerated().flatMap { leaves($0.element, path + ["[\($0.offset)]"]) }
    default: [path]
    }
  }

  private static func text(_ steps: [String]) -> String {
    steps.reduce(into: "") { $0 += ($0.isEmpty || $1.hasPrefix("[") ? "" : ".") + $1 }
  }

  private static func change(
    _ document: JSONValue, _ steps: ArraySlice<String>, _ edit: (JSONValue) -> JSONValue
  ) -> JSONValue {
    guard let step = steps.first else { return edit(document) }
    switch document {
    case .object(var members):
      members[step] = change(members[step] ?? .null, steps.dropFirst(), edit)
      return .object(members)
    case .array(var elements):
      let index = Int(step.dropFirst().dropLast()) ?? 0
      elements[index] = change(elements[index], steps.dropFirst(), edit)
      return .array(elements)
    default: return document
    }
  }

  private static func another(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(text + "x")
    case .number(let text): .number(String((Int(text) ?? 0) + 1))
    case .bool(let bool): .bool(!bool)
    default: .null
    }
  }
}
