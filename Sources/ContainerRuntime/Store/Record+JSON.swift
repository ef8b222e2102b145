internal import Cgroups
public import JSON
internal import Kernel
internal import OCI

extension Record: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var texts = StringMap<String>()
    var numbers = StringMap<UInt64>()
    var (annotations, namespaces) = (StringMap<String>(), StringMap<String>())
    var (owesPoststop, ownNamespace, noPivot, notifies, hasKeyring, ownsGroup) = (
      false, false, false, false, true, false
    )
    var (poststart, poststop): ([Spec.Hook], [Spec.Hook]) = ([], [])
    var cgroups: CgroupRecord?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let name = key.string
      switch name {
      case "id", "phase", "bootID", "ociVersion", "bundle", "rootfs", "created", "owner",
        "resctrlGroup", "resctrlMonitor", "keyringSecret":
        texts[name] = try reader.value()
      case "version", "runtimePID", "runtimeStartTime", "pid", "startTime", "preservedDescriptors":
        numbers[name] = try reader.value()
      case "annotations": annotations = try reader.value() ?? StringMap()
      case "namespaces": namespaces = try reader.value() ?? StringMap()
      case "poststart": poststart = try reader.value() ?? []
      case "poststop": poststop = try reader.value() ?? []
      case "ownPIDNamespace": ownNamespace = try reader.value() ?? false
      case "noPivot": noPivot = try reader.value() ?? false
      case "relaysNotifications": notifies = try reader.value() ?? false
      case "owesPoststop": owesPoststop = try reader.value() ?? false
      case "hasKeyring": hasKeyring = try reader.value() ?? true
      case "ownsResctrlGroup": ownsGroup = try reader.value() ?? false
      case "cgroups": cgroups = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    let version = try reader.required(numbers["version"], "version")
    if version == 0 || version > UInt64(Record.version) {
      throw reader.failure("version \(version) was written by a newer apus; this one knows \(Record.version)")
    }
    guard let phase = Phase(rawValue: try reader.required(texts["phase"], "phase")) else {
      throw reader.failure("unknown phase")
    }
    let runtime = try Record.identity(numbers, "runtimePID", "runtimeStartTime", reader)
    self.init(
      id: try reader.required(texts["id"], "id"), phase: phase, bootID: try reader.required(texts["bootID"], "bootID"),
      runtime: try reader.required(runtime, "runtimePID"),
      ociVersion: try reader.required(texts["ociVersion"], "ociVersion"),
      bundle: try reader.required(texts["bundle"], "bundle"), rootfs: try reader.required(texts["rootfs"], "rootfs"),
      created: try reader.required(texts["created"], "created"))
    initProcess = try Record.identity(numbers, "pid", "startTime", reader)
    owner = texts["owner"] ?? ""
    self.annotations = annotations
    self.namespaces = namespaces
    self.poststart = poststart
    self.poststop = poststop
    self.owesPoststop = owesPoststop
    hasOwnPIDNamespace = ownNamespace
    self.noPivot = noPivot
    relaysNotifications = notifies
    preservedDescriptors = Int(clamping: numbers["preservedDescriptors"] ?? 0)
    self.cgroups = cgroups
    self.hasKeyring = hasKeyring
    keyringSecret = texts["keyringSecret"] ?? ""
    resourceControl = texts["resctrlGroup"].map {
      ResourceControl(group: $0, monitor: texts["resctrlMonitor"], ownsGroup: ownsGroup)
    }
  }

  /// A process number that could mean everybody (0, -1) or the first process is never believed.
  private static func identity(
    _ numbers: StringMap<UInt64>, _ pid: String, _ start: String, _ reader: borrowing JSONReader
  ) throws(JSONError) -> ProcessIdentity? {
    guard let number = numbers[pid] else { return nil }
    guard number > 1, let exact = Int32(exactly: number) else { throw reader.failure("\(pid) \(number) is no process") }
    return ProcessIdentity(pid: exact, startTime: try reader.required(numbers[start], start))
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
