internal import Protobuf

/// What a request is about (criu_req_type in CRIU's images/rpc.proto).
enum CRIURequestKind: Int64, Sendable {
  case dump = 1
  case restore = 2
  case preDump = 4
  case notify = 6
  case featureCheck = 9
  case version = 10

  /// As CRIU and runc call it.
  var name: String {
    switch self {
    case .dump: "DUMP"
    case .restore: "RESTORE"
    case .preDump: "PRE_DUMP"
    case .notify: "NOTIFY"
    case .featureCheck: "FEATURE_CHECK"
    case .version: "VERSION"
    }
  }
}

/// A request to CRIU (criu_req).
struct CRIURequest: Equatable, Sendable, ProtobufWritable {
  let kind: CRIURequestKind
  var options: CRIUOptions?
  var features: CRIUFeatures?
  /// The answer to a notification: what was to be done there is done.
  var notifySuccess = false

  func write(to writer: inout ProtobufWriter) {
    writer.number(1, kind.rawValue)
    writer.message(2, options)
    writer.bool(3, notifySuccess)
    writer.message(5, features)
  }
}

/// What the kernel and CRIU can do (criu_features).
struct CRIUFeatures: Equatable, Sendable, ProtobufReadable, ProtobufWritable {
  var tracksMemory: Bool?
  var lazyPages: Bool?

  mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: tracksMemory = try field.bool
    case 2: lazyPages = try field.bool
    default: break
    }
  }

  func write(to writer: inout ProtobufWriter) {
    writer.number(1, tracksMemory.map { $0 ? 1 as Int64 : 0 })
    writer.number(2, lazyPages.map { $0 ? 1 as Int64 : 0 })
  }
}

/// The options of a dump or a restore (criu_opts), as far as containers need them. Descriptors are CRIU's own.
struct CRIUOptions: Equatable, Sendable, ProtobufWritable {
  /// A path in the container that is mounted from outside, and what it is at a restore (ext_mount_map).
  struct ExternalMount: Equatable, Sendable {
    var key: String
    var value: String
  }

  /// A descriptor of CRIU's own that takes the place of something in the images (inherit_fd).
  struct InheritedDescriptor: Equatable, Sendable {
    var key: String
    var number: Int32
  }

  /// A namespace to be entered by its path (join_namespace).
  struct JoinedNamespace: Equatable, Sendable {
    var kind: String
    var path: String
  }

  /// Where the cgroups of a hierarchy begin at a restore (cgroup_root).
  struct CgroupRoot: Equatable, Sendable {
    var controllers: String
    var path: String
  }

  var imagesFolder: Int32
  var workFolder: Int32?
  var parentImage: String?
  var logFile: String
  /// Of the container's first process, for a dump.
  var process: Int32?
  var root: String
  var leavesRunning = false
  var externalUnixSockets = false
  var tcpEstablished = false
  var tcpSkipInFlight = false
  var evasiveDevices = false
  var shellJob = false
  var fileLocks = false
  var linkRemap = false
  var autoDedup = false
  var lazyPages = false
  var restoresSibling = false
  var cgroupMode = CgroupMode.default
  var freezeCgroup: String?
  var cgroupRoots: [CgroupRoot] = []
  var externalMounts: [ExternalMount] = []
  var external: [String] = []
  var inheritedDescriptors: [InheritedDescriptor] = []
  var joinedNamespaces: [JoinedNamespace] = []
  /// Namespaces, as flags of clone(2), whose properties are left alone.
  var emptyNamespaces: UInt32 = 0
  var pageServer: CheckpointOptions.PageServer?
  var configurationFile: String?
  var lsmProfile: String?
  var lsmMountContext: String?

  /// What CRIU does with cgroups (criu_cg_mode).
  enum CgroupMode: Int64, Sendable {
    case ignore = 0
    case soft = 3
    case full = 4
    case strict = 5
    case `default` = 6
  }

  func write(to writer: inout ProtobufWriter) {
    writer.number(1, imagesFolder)
    writer.number(2, process)
    writer.bool(3, leavesRunning)
    writer.bool(4, externalUnixSockets)
    writer.bool(5, tcpEstablished)
    writer.bool(6, evasiveDevices)
    writer.bool(7, shellJob)
    writer.bool(8, fileLocks)
    // All but what is for those who mend CRIU.
    writer.number(9, 4 as Int32)
    writer.text(10, logFile)
    if let pageServer {
      writer.message(11) { writer in
        writer.text(1, pageServer.address)
        writer.number(2, pageServer.port)
      }
    }
    writer.bool(12, true)
    writer.text(13, root)
    writer.text(14, parentImage)
    writer.bool(15, parentImage != nil)
    writer.bool(16, autoDedup)
    writer.number(17, workFolder)
    writer.bool(18, linkRemap)
    for mount in externalMounts {
      writer.message(23) { writer in
        writer.text(1, mount.key)
        writer.text(2, mount.value)
      }
    }
    // For a CRIU that does not know the mode yet.
    writer.bool(24, true)
    writeNamespaces(to: &writer)
    writer.bool(46, tcpSkipInFlight)
    writer.bool(48, lazyPages)
    // The master of a terminal whose slave alone is the container's comes to this process.
    writer.bool(50, true)
    writer.text(51, configurationFile)
    writer.text(53, lsmProfile)
    writer.text(63, lsmMountContext)
  }

  private func writeNamespaces(to writer: inout ProtobufWriter) {
    for root in cgroupRoots {
      writer.message(25) { writer in
        writer.text(1, root.controllers)
        writer.text(2, root.path)
      }
    }
    writer.bool(26, restoresSibling)
    for descriptor in inheritedDescriptors {
      writer.message(27) { writer in
        writer.text(1, descriptor.key)
        writer.number(2, descriptor.number)
      }
    }
    writer.number(34, cgroupMode.rawValue)
    writer.string(37, external)
    writer.unsigned(38, emptyNamespaces)
    for namespace in joinedNamespaces {
      writer.message(39) { writer in
        writer.text(1, namespace.kind)
        writer.text(2, namespace.path)
      }
    }
    writer.text(44, freezeCgroup)
  }
}
