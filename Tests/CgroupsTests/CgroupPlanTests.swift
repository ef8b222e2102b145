import Cgroups
import Kernel
import OCI
import Testing

@Suite struct CgroupPlanTests {
  static func layout(_ names: [String], own: [String] = ["own"], unified: [String] = []) throws -> CgroupLayout {
    try CgroupLayout(
      hierarchies: names.map {
        CgroupLayout.Hierarchy(
          name: $0,
          mountPoint: try HostPath("/sys/fs/cgroup" + (names == [""] ? "" : "/\($0.isEmpty ? "unified" : $0)")),
          ownComponents: own)
      }, unifiedControllers: unified)
  }

  static let v1 = [
    "cpu", "cpuset", "memory", "devices", "pids", "blkio", "freezer", "hugetlb", "net_cls", "net_prio", "rdma",
  ]
  static let v2 = ["cpu", "cpuset", "io", "memory", "pids", "hugetlb", "rdma"]

  static func plan(_ resources: Spec.Resources, v2 isUnified: Bool) throws -> CgroupPlan {
    let layout = isUnified ? try layout([""], unified: v2) : try layout(v1)
    return try CgroupPlan(linux: Spec.Linux(resources: resources), id: "web", layout: layout)
  }

  // MARK: Places

  @Test(arguments: [
    (nil, "/own/web"), ("", "/own/web"), ("a", "/own/a"), ("a/b", "/own/a/b"), ("/a/b", "/a/b"),
    ("../../x", "/own/x"), ("/../x", "/x"), ("a/../../../b", "/own/b"), ("/a//b/./", "/a/b"),
  ])
  func placesOnV1(path: String?, expected: String) throws {
    let layout = try Self.layout(["memory", "devices", ""])
    let plan = try CgroupPlan(linux: Spec.Linux(cgroupsPath: path), id: "web", layout: layout)
    #expect(
      plan.folders.map { $0.path.string } == ["memory", "devices", "unified"].map { "/sys/fs/cgroup/\($0)\(expected)" })
  }

  /// In a pure v2 tree the own cgroup holds processes, so its parent is where children go.
  @Test(arguments: [
    (nil, "/user/web"), ("a", "/user/a"), ("../x", "/user/x"), ("/a/b", "/a/b"),
  ])
  func placesOnV2(path: String?, expected: String) throws {
    let layout = try Self.layout([""], own: ["user", "session"])
    let plan = try CgroupPlan(linux: Spec.Linux(cgroupsPath: path), id: "web", layout: layout)
    #expect(plan.folders.map { $0.path.string } == ["/sys/fs/cgroup" + expected])
    #expect(plan.kind == .v2)
  }

  @Test(arguments: [
    ("/", "\"/\" names no cgroup but one that exists already"),
    ("..", "\"..\" names no cgroup but one that exists already"),
    ("a/..", "\"a/..\" names no cgroup but one that exists already"),
    ("a\nb", "it contains a NUL character or a new line"),
    ("a\0b", "it contains a NUL character or a new line"),
    (String(repeating: "x", count: 256), "a name of 256 bytes is too long"),
    (String(repeating: "x/", count: 2000), "a name of 4000 bytes is too long"),
  ])
  func refusesPlaces(path: String, problem: String) throws {
    let layout = try Self.layout(["devices"])
    let error = #expect(throws: CgroupError.self) {
      try CgroupPlan(linux: Spec.Linux(cgroupsPath: path), id: "web", layout: layout)
    }
    #expect(error == .property("linux.cgroupsPath", problem: problem))
  }

  @Test func refusesAV1HostWithoutDevices() throws {
    let layout = try Self.layout(["memory"])
    let error = #expect(throws: CgroupError.self) { try CgroupPlan(linux: nil, id: "web", layout: layout) }
    #expect(error?.description.contains("the controller \"devices\" is not mounted") == true)
    #expect(try CgroupPlan(linux: nil, id: "web", layout: layout, isRootless: true).devices == nil)
  }

  // MARK: Limits

  @Test(arguments: ResourceCase.all)
  func writesOnV1(example: ResourceCase) throws {
    switch example.v1 {
    case .writes(let expected):
      let plan = try Self.plan(example.resources, v2: false)
      #expect(
        plan.writes.map { "\(Self.v1[$0.folder]): \($0.file)=\($0.value.testText)" } == expected, "\(example.resources)"
      )
      #expect(plan.warnings.isEmpty)
    case .warning(let text): #expect(try Self.plan(example.resources, v2: false).warnings == [text])
    case .error(let text):
      let error = #expect(throws: CgroupError.self) { try Self.plan(example.resources, v2: false) }
      #expect(error?.description == text)
    }
  }

  @Test(arguments: ResourceCase.all)
  func writesOnV2(example: ResourceCase) throws {
    switch example.v2 {
    case .writes(let expected):
      let plan = try Self.plan(example.resources, v2: true)
      #expect(plan.writes.map { "\($0.file)=\($0.value.testText)" } == expected, "\(example.resources)")
    case .warning(let text): #expect(try Self.plan(example.resources, v2: true).warnings == [text])
    case .error(let text):
      let error = #expect(throws: CgroupError.self) { try Self.plan(example.resources, v2: true) }
      #expect(error?.description == text)
    }
  }

  @Test func everyResourceHasAnExample() {
    let named = Set(ResourceCase.all.flatMap { $0.covers })
    #expect(LimitedResource.allCases.filter { !named.contains($0.rawValue) }.map { $0.rawValue } == [])
  }

  @Test func aMissingControllerIsNamedWithTheProperty() throws {
    let layout = try Self.layout(["devices", "cpu"])
    let resources = Spec.Resources(memory: Spec.Resources.Memory(limit: 1 << 20))
    let error = #expect(throws: CgroupError.self) {
      try CgroupPlan(linux: Spec.Linux(resources: resources), id: "web", layout: layout)
    }
    #expect(
      error?.description
        == "linux.resources.memory.limit: cannot be honoured: the controller \"memory\" is not available on this host")
  }

  /// On a hybrid host a controller that v1 does not have may be in the v2 tree.
  @Test func takesTheControllerFromEitherTree() throws {
    let layout = try Self.layout(["devices", "pids", ""], unified: ["hugetlb"])
    let resources = Spec.Resources(
      pids: Spec.Resources.Pids(limit: 5),
      hugepageLimits: [Spec.Resources.HugepageLimit(pageSize: "2MB", limit: 0)],
      unified: ["cgroup.max.depth": "3", "hugetlb.2MB.max": "4096"])
    let plan = try CgroupPlan(linux: Spec.Linux(resources: resources), id: "web", layout: layout)
    #expect(
      plan.writes.map { "\($0.folder) \($0.file)" } == [
        "1 pids.max", "2 hugetlb.2MB.max", "2 hugetlb.2MB.rsvd.max", "2 cgroup.max.depth", "2 hugetlb.2MB.max",
      ])
  }

  @Test func theDefaultConfigurationWritesNoLimit() throws {
    let resources = Spec.Resources(devices: [Spec.Resources.DeviceRule(allow: false, access: "rwm")])
    let plan = try Self.plan(resources, v2: false)
    #expect(plan.writes.isEmpty && plan.warnings.isEmpty)
    #expect(plan.devices?.isAllowed == false && plan.devices?.rules.count == 11)
  }
}

extension CgroupWrite.Value {
  var testText: String {
    switch self {
    case .text(let text): text
    case .keepingQuota(let period): "<quota> \(period)"
    case .swapAside(let total): "<\(total) - memory.max>"
    }
  }
}
