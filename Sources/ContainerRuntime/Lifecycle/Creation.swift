internal import Cgroups
internal import Kernel
internal import OCI

/// A container while it is being made. What was made so far is undone, in the right order, when this goes away before it
/// is committed; a kill of this process leaves the record, by which `delete --force` undoes the same.
struct Creation: ~Copyable {
  let request: CreateRequest
  let plan: Plan
  let sequence: InitSequence
  private let folder: ContainerFolder
  private(set) var record: Record
  private var cgroups: CgroupReservation?
  private var process: InitProcess?
  private var channel: Descriptor?
  private var progress: SharedWord?
  private var isCommitted = false

  /// Reads the configuration, decides, and reserves the id; nothing but the state folder is made.
  init(_ request: CreateRequest) throws(OperationError) {
    self.request = request
    let bundle = try Bundle(path: request.bundle)
    let facts = try HostFacts.discover(for: bundle.spec)
    do {
      plan = try Plan(
        id: request.id.string, bundle: bundle.path, spec: bundle.spec, host: facts, options: request.plan)
    } catch {
      throw OperationError(error)
    }
    for warning in plan.warnings { request.log(warning) }
    sequence = InitSequence(plan, options: request.sequence)
    folder = try RuntimeStep.perform(.folderMade) { () throws(OperationError) in try request.store.reserve(request.id) }
    record = try Creation.firstRecord(plan, bundle.spec.ociVersion)
    record.cgroups = try OperationError.wrappingCgroups { [plan] () throws(CgroupError) in try plan.cgroup.survey() }
    try RuntimeStep.perform(.recordCreating) { [folder = folder.reference, record] () throws(OperationError) in
      try OperationError.wrapping { () throws(SystemCallError) in
        try folder.write(record)
        try folder.write(configuration: bundle.configuration)
      }
    }
  }
}
