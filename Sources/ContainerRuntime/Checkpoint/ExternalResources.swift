internal import Cgroups
internal import Kernel
internal import OCI

/// What a container has from outside, so that CRIU must neither save it nor make it: by the plan alone.
struct ExternalResources: Equatable {
  /// A mount whose source is the host's.
  struct Mount: Equatable {
    var target: ContainerPath
    var source: String
  }

  private(set) var mounts: [Mount] = []
  /// Paths that the null device covers, where they are files.
  let masked: [ContainerPath]
  /// Namespaces that others made and keep: network and pid.
  private(set) var namespaces: [(kind: NamespaceKind, path: HostPath)] = []
  /// Namespaces by a path that CRIU enters by itself.
  private(set) var joined: [(kind: NamespaceKind, path: HostPath)] = []

  /// - Throws: for a container that CRIU could not make again.
  init(_ plan: Plan) throws(OperationError) {
    masked = plan.maskedPaths
    if plan.namespaces.mount == .host {
      throw OperationError(
        "", "",
        .properties([
          PropertyError(
            "config.json.linux.namespaces", "a container without a mount namespace cannot be saved or restored by CRIU")
        ]))
    }
    for mount in plan.mounts { add(mount, plan) }
    for device in plan.devices where device.bound {
      mounts.append(Mount(target: device.path, source: device.path.description))
    }
    for (kind, path) in plan.namespaces.joined {
      switch kind {
      case .network, .pid: namespaces.append((kind, path))
      case .mount, .ipc, .uts, .user, .time, .cgroup: joined.append((kind, path))
      }
    }
  }

  private mutating func add(_ mount: MountPlan, _ plan: Plan) {
    switch mount.source {
    case .bind(let path, _): mounts.append(Mount(target: mount.target, source: path.string))
    case .bindInside(let path, _):
      mounts.append(Mount(target: mount.target, source: plan.root.path.string + path.description))
    case .fileSystem: break
    case .cgroup:
      switch CgroupView(plan) {
      case .unified(let tree):
        if let bound = tree.bound { mounts.append(Mount(target: mount.target, source: bound.string)) }
      case .split(let hierarchies):
        for hierarchy in hierarchies {
          guard let bound = hierarchy.bound else { continue }
          mounts.append(Mount(target: mount.target.appending(hierarchy.folder), source: bound.string))
        }
      }
    }
  }

  static func == (left: ExternalResources, right: ExternalResources) -> Bool {
    left.mounts == right.mounts && left.masked == right.masked
      && left.namespaces.map { $0.path } == right.namespaces.map { $0.path }
      && left.joined.map { $0.path } == right.joined.map { $0.path }
  }

  /// What CRIU calls a namespace from outside; the name is the same at dump and restore.
  static func key(_ kind: NamespaceKind) -> String {
    let name = kind.fileName
    return "extRoot\(name.prefix(1).uppercased())\(name.dropFirst())NS"
  }

  /// As `--external` of criu(8) wants it.
  static func external(_ kind: NamespaceKind, inode: UInt64) -> String { "\(kind.fileName)[\(inode)]:\(key(kind))" }
}

extension CRIUOptions {
  /// What dump and restore have in common.
  /// - Parameters: `images`, `work` are descriptors.
  init(_ options: CheckpointOptions, plan: Plan, images: Int32, work: Int32?, logFile: String) {
    self.init(imagesFolder: images, logFile: logFile, root: plan.root.path.string)
    workFolder = work
    externalUnixSockets = options.externalUnixSockets
    tcpEstablished = options.tcpEstablished
    shellJob = options.shellJob
    fileLocks = options.fileLocks
    autoDedup = options.autoDedup
    lazyPages = options.lazyPages
    cgroupMode = options.criuMode
    // As with runc, devices and addresses of a network are for those who made them.
    emptyNamespaces = UInt32(truncatingIfNeeded: NamespaceKind.network.rawValue)
    configurationFile = CRIUOptions.configurationFile(plan.annotations["org.criu.config"])
  }

  /// - Parameter annotation: `org.criu.config`, which names a file of CRIU's options for one container; empty for none.
  static func configurationFile(_ annotation: String?) -> String? {
    guard let annotation else { return "/etc/criu/runc.conf" }
    return annotation.isEmpty ? nil : annotation
  }

  mutating func setDump(_ options: CheckpointOptions, process: Int32, freezeCgroup: String?) {
    self.process = process
    self.freezeCgroup = freezeCgroup
    leavesRunning = options.leavesRunning
    tcpSkipInFlight = options.tcpSkipInFlight
    linkRemap = options.linkRemap
    parentImage = options.parent?.string
    pageServer = options.pageServer
  }

  mutating func setRestore(_ options: CheckpointOptions) {
    evasiveDevices = true
    restoresSibling = true
    lsmProfile = options.lsmProfile
    lsmMountContext = options.lsmMountContext
  }
}
