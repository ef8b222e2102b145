internal import Cgroups
public import JSON
internal import Kernel
internal import OCI

extension Record: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var (id, phase, bootID, ociVersion): (String?, String?, String?, String?)
    var (bundle, rootfs, created): (String?, String?, String?)
    var (version, runtimePID, runtimeStartTime): (UInt64?, UInt64?, UInt64?)
    var (pid, startTime): (UInt64?, UInt64?)
    var (group, monitor, ownsGroup): (String?, String?, Bool?)
    // What follows is filled in once there is a record.
    var (owner, keyringSecret): (String?, String?)
    var (annotations, namespaces): (StringMap<String>?, StringMap<String>?)
    var (poststart, poststop): ([Spec.Hook]?, [Spec.Hook]?)
    var (owesPoststop, ownNamespace, noPivot, notifies, hasKeyring): (Bool?, Bool?, Bool?, Bool?, Bool?)
    var preserved: UInt64?
    var cgroups: CgroupRecord?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "version": version = try reader.value()
      case "id": id = try reader.value()
      case "phase": phase = try reader.value()
      case "bootID": bootID = try reader.value()
      case "runtimePID": runtimePID = try reader.value()
      case "runtimeStartTime": runtimeStartTime = try reader.value()
      case "pid": pid = try reader.value()
      case "startTime": startTime = try reader.value()
      case "namespaces": namespaces = try reader.value()
      case "ociVersion": ociVersion = try reader.value()
      case "bundle": bundle = try reader.value()
      case "rootfs": rootfs = try reader.value()
      case "created": created = try reader.value()
      case "owner": owner = try reader.value()
      case "annotations": annotations = try reader.value()
      case "poststart": poststart = try reader.value()
      case "poststop": poststop = try reader.value()
      case "owesPoststop": owesPoststop = try reader.value()
      case "ownPIDNamespace": ownNamespace = try reader.value()
      case "noPivot": noPivot = try reader.value()
      case "preservedDescriptors": preserved = try reader.value()
      case "relaysNotifications": notifies = try reader.value()
      case "hasKeyring": hasKeyring = try reader.value()
      case "keyringSecret": keyringSecret = try reader.value()
      case "cgroups": cgroups = try reader.value()
      case "resctrlGroup": group = try reader.value()
      case "resctrlMonitor": monitor = try reader.value()
      case "ownsResctrlGroup": ownsGroup = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    let layout = try reader.required(version, "version")
    if layout == 0 || layout > UInt64(Record.version) {
      throw reader.failure("version \(layout) was written by a newer apus; this one knows \(Record.version)")
    }
    guard let phase = Phase(rawValue: try reader.required(phase, "phase")) else {
      throw reader.failure("unknown phase")
    }
    let runtime = try Record.identity(runtimePID, runtimeStartTime, "runtimePID", "runtimeStartTime", reader)
    self.init(
      id: try reader.required(id, "id"), phase: phase, bootID: try reader.required(bootID, "bootID"),
      runtime: try reader.required(runtime, "runtimePID"),
      ociVersion: try reader.required(ociVersion, "ociVersion"),
      bundle: try reader.required(bundle, "bundle"), rootfs: try reader.required(rootfs, "rootfs"),
      created: try reader.required(created, "created"))
    initProcess = try Record.identity(pid, startTime, "pid", "startTime", reader)
    self.owner = owner ?? ""
    self.annotations = annotations ?? StringMap()
    self.namespaces = namespaces ?? StringMap()
    self.poststart = poststart ?? []
    self.poststop = poststop ?? []
    self.owesPoststop = owesPoststop ?? false
    hasOwnPIDNamespace = ownNamespace ?? false
    self.noPivot = noPivot ?? false
    relaysNotifications = notifies ?? false
    preservedDescriptors = Int(clamping: preserved ?? 0)
    self.cgroups = cgroups
    self.hasKeyring = hasKeyring ?? true
    self.keyringSecret = keyringSecret ?? ""
    resourceControl = group.map { ResourceControl(group: $0, monitor: monitor, ownsGroup: ownsGroup ?? false) }
  }

  /// A process number that could mean everybody (0, -1) or the first process is never believed.
  private static func identity(
    _ number: UInt64?, _ start: UInt64?, _ name: String, _ startName: String, _ reader: borrowing JSONReader
  ) throws(JSONError) -> ProcessIdentity? {
    guard let number else { return nil }
    guard number > 1, let exact = Int32(exactly: number) else {
      throw reader.failure("\(name) \(number) is no process")
    }
    return ProcessIdentity(pid: exact, startTime: try reader.required(start, startName))
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("version", Record.version)
    writer.member("id", id)
    writer.member("phase", phase.rawValue)
    writer.member("bootID", bootID)
    writer.member("runtimePID", runtime.pid)
    writer.member("runtimeStartTime", runtime.startTime)
    writer.member("pid", initProcess?.pid)
    writer.member("startTime", initProcess?.startTime)
    writer.member("namespaces", namespaces.isEmpty ? nil : namespaces)
    writer.member("ociVersion", ociVersion)
    writer.member("bundle", bundle)
    writer.member("rootfs", rootfs)
    writer.member("created", created)
    writer.member("owner", owner)
    writer.member("annotations", annotations.isEmpty ? nil : annotations)
    writer.member("poststart", poststart.isEmpty ? nil : poststart)
    writer.member("poststop", poststop.isEmpty ? nil : poststop)
    writer.member("owesPoststop", owesPoststop)
    writer.member("ownPIDNamespace", hasOwnPIDNamespace)
    writer.member("noPivot", noPivot)
    writer.member("preservedDescriptors", preservedDescriptors)
    writer.member("relaysNotifications", relaysNotifications ? true : nil)
    writer.member("hasKeyring", hasKeyring)
    writer.member("keyringSecret", keyringSecret.isEmpty ? nil : keyringSecret)
    writer.member("cgroups", cgroups)
    writer.member("resctrlGroup", resourceControl?.group)
    writer.member("resctrlMonitor", resourceControl?.monitor)
    writer.member("ownsResctrlGroup", resourceControl?.ownsGroup)
    writer.endObject()
  }
}
