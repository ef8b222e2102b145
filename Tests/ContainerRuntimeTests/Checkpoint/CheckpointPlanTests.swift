import Cgroups
import Kernel
import OCI
import Testing

@testable import ContainerRuntime

/// What the options of a call and the configuration become for CRIU, without any of it being done.
@Suite struct CheckpointPlanTests {
  private func criu(
    _ edit: (inout CheckpointOptions) -> Void, annotations: StringMap<String> = [:]
  ) throws -> (dump: CRIUOptions, restore: CRIUOptions) {
    var options = CheckpointOptions()
    edit(&options)
    let plan = try plan { $0.annotations = annotations }
    var dump = CRIUOptions(options, plan: plan, images: 3, work: 4, logFile: "l")
    var restore = dump
    dump.setDump(options, process: 77, freezeCgroup: "/c")
    restore.setRestore(options)
    return (dump, restore)
  }

  @Test func withoutOptions() throws {
    let (dump, restore) = try criu { _ in }
    #expect(dump.process == 77 && dump.freezeCgroup == "/c" && dump.root == "/bundle/rootfs")
    #expect(dump.imagesFolder == 3 && dump.workFolder == 4)
    #expect(dump.emptyNamespaces == 0x4000_0000, "networks are for those who made them")
    #expect(dump.configurationFile == "/etc/criu/runc.conf")
    #expect(dump.cgroupMode == .default && !dump.leavesRunning && dump.parentImage == nil)
    #expect(restore.restoresSibling && restore.evasiveDevices)
    #expect(!dump.restoresSibling && restore.process == nil && restore.freezeCgroup == nil)
  }

  /// An option of a call, the field that it becomes, and whether a restore has it too.
  private typealias Flag = (
    option: WritableKeyPath<CheckpointOptions, Bool>, field: KeyPath<CRIUOptions, Bool>, isForRestore: Bool
  )

  private static var flags: [Flag] {
    [
      (\.leavesRunning, \.leavesRunning, false), (\.tcpEstablished, \.tcpEstablished, true),
      (\.tcpSkipInFlight, \.tcpSkipInFlight, false), (\.linkRemap, \.linkRemap, false),
      (\.externalUnixSockets, \.externalUnixSockets, true), (\.shellJob, \.shellJob, true),
      (\.fileLocks, \.fileLocks, true), (\.lazyPages, \.lazyPages, true), (\.autoDedup, \.autoDedup, true),
    ]
  }

  @Test func flagsBecomeFields() throws {
    for flag in Self.flags {
      let (dump, restore) = try criu { $0[keyPath: flag.option] = true }
      #expect(dump[keyPath: flag.field], "\(flag.option)")
      #expect(restore[keyPath: flag.field] == flag.isForRestore, "\(flag.option)")
    }
  }

  @Test func values() throws {
    let server = CheckpointOptions.PageServer(address: "::1", port: 27)
    let (dump, restore) = try criu {
      $0.parent = HostPath(constant: "../before")
      $0.pageServer = server
      $0.lsmProfile = "apparmor:p"
      $0.lsmMountContext = "c"
    }
    #expect(dump.parentImage == "../before" && dump.pageServer == server)
    #expect(dump.lsmProfile == nil && dump.lsmMountContext == nil)
    #expect(restore.lsmProfile == "apparmor:p" && restore.lsmMountContext == "c")
  }

  @Test(
    arguments: [
      (nil, CRIUOptions.CgroupMode.default), (.soft, .soft), (.full, .full), (.strict, .strict), (.ignore, .ignore),
    ] as [(CheckpointOptions.CgroupMode?, CRIUOptions.CgroupMode)])
  func cgroupModes(option: CheckpointOptions.CgroupMode?, mode: CRIUOptions.CgroupMode) throws {
    #expect(try criu { $0.cgroupMode = option }.dump.cgroupMode == mode)
  }

  @Test(arguments: [("", String?.none), ("/etc/my.conf", "/etc/my.conf")])
  func annotationNamesTheFileOfOptions(annotation: String, file: String?) throws {
    #expect(try criu({ _ in }, annotations: ["org.criu.config": annotation]).dump.configurationFile == file)
  }

  @Test func mountsOfTheHostAreExternal() throws {
    let resources = try ExternalResources(
      plan { spec in
        spec.mounts =
          (spec.mounts ?? []) + [
            Spec.Mount(destination: "/data", type: "bind", source: "/srv/data", options: ["rbind"]),
            Spec.Mount(destination: "/own", type: "bind", source: "rootfs/etc", options: ["bind"]),
          ]
        spec.removeNamespace("cgroup")
      })
    #expect(
      resources.mounts.map { "\($0.target) \($0.source)" } == [
        "/sys/fs/cgroup/pids /sys/fs/cgroup/pids/web", "/sys/fs/cgroup/unified /sys/fs/cgroup/unified/web",
        "/data /srv/data", "/own /bundle/rootfs/etc",
      ])
    #expect(resources.masked.count == 10)
  }

  /// In a cgroup namespace the hierarchies are mounted anew; devices are made, unless ids are mapped.
  @Test func whatIsTheContainersOwnIsNot() throws {
    #expect(try ExternalResources(plan()).mounts.isEmpty)
    let bound = try ExternalResources(plan { $0.mapIDs() }).mounts.map(\.target.description)
    #expect(bound.contains("/dev/null") && bound.contains("/dev/urandom"))
  }

  @Test func namespacesByPath() throws {
    let resources = try ExternalResources(
      plan { spec in
        spec.addNamespace("network", path: "/run/netns/a")
        spec.addNamespace("ipc", path: "/run/ipc")
      })
    #expect(resources.namespaces.map(\.kind) == [.network] && resources.joined.map(\.kind) == [.ipc])
    #expect(ExternalResources.external(.network, inode: 7) == "net[7]:extRootNetNS")
    #expect(ExternalResources.external(.pid, inode: 8) == "pid[8]:extRootPidNS")
  }

  @Test func withoutAMountNamespaceItIsRefused() throws {
    let plan = try plan { spec in
      spec.removeNamespace("mount")
      spec.mounts = []
      spec.linux?.maskedPaths = []
      spec.linux?.readonlyPaths = []
      spec.root?.readonly = false
    }
    #expect(throws: OperationError.self) { try ExternalResources(plan) }
  }

  @Test func pipesAreInherited() throws {
    let descriptors = try CheckpointFolders.parse(Array(#"["pipe:[11]","/dev/null","pipe:[12]"]"#.utf8))
    #expect(
      ExternalDescriptors.inherited(descriptors) == [
        .init(key: "pipe:[11]", number: 0), .init(key: "pipe:[12]", number: 2),
      ])
    #expect(ExternalDescriptors.inherited(["", "a", "b", "pipe:[3]"]).isEmpty, "there are three standard streams")
  }

  @Test(arguments: [("/a/rootfs", true), ("/a/rootfs/x", true), ("/a/rootfs2", false), ("/a", false)])
  func foldersInTheRoot(path: String, isInside: Bool) throws {
    #expect(CheckpointFolders.isInside(try HostPath(path), HostPath(constant: "/a/rootfs")) == isInside)
  }

  @Test func theFirstErrorIsTheCause() {
    let log = [
      "(00.1) fine", "(00.2) Error (criu/util.c:1): rlimit: Can't setup RLIMIT_NOFILE for self", "(00.3) well",
      "(00.4) Error (criu/files.c:2): Can't lookup", "(00.5) Error (criu/dump.c:3): Dumping FAILED.",
    ]
    #expect(CRIULog.cause(log) == "Error (criu/files.c:2): Can't lookup")
    #expect(CRIULog.cause(["(00.1) no Errors here"]) == nil)
    #expect(
      CRIULog.quote(log, from: "d") == ["--- Quoting \"d\""] + log.enumerated().map { "\($0 + 1):\($1)" } + ["---"])
    let long = (1...20).map { $0 % 10 == 0 ? "Error \($0)" : "line \($0)" }
    #expect(
      CRIULog.quote(long, from: "d").joined(separator: "\n") == """
        --- Quoting "d"
        5:line 5
        6:line 6
        7:line 7
        8:line 8
        9:line 9
        10:Error 10
        ...
        15:line 15
        16:line 16
        17:line 17
        18:line 18
        19:line 19
        20:Error 20
        ---
        """)
  }
}
