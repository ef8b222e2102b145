internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import OCI

extension Invocation {
  func update(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try reporter.openLog()
    let control = ResourceControlUpdate(
      l3CacheSchema: options.string(.l3CacheSchema), memBwSchema: options.string(.memBwSchema))
    let resources = try options.string(.resources).map { (file) throws(OperationError) in try read(file, reporter) }
    for warning in try Container.update(try id(), resources ?? named, control: control, in: try store()) {
      reporter.warn(warning)
    }
    return 0
  }

  /// The limits in a file, or on standard input for `-`. As with runc, the other options are not looked at then.
  private func read(_ file: String, _ reporter: Reporter) throws(OperationError) -> Spec.Resources {
    let name = file == "-" ? "standard input" : file
    let path: HostPath?
    do { path = file == "-" ? nil : try HostPath(file) } catch {
      throw OperationError("", "", .message("--resources: \(error)"))
    }
    let bytes: [UInt8]
    do {
      bytes =
        if let path { try path.read(limit: JSONReader.sizeLimit) } else {
          try Descriptor.borrowing(0) { input throws(SystemCallError) in try input.readAll(limit: JSONReader.sizeLimit)
          }
        }
    } catch {
      throw OperationError("", "", .systemCall(SystemCallError("open", name, error.errno)))
    }
    do {
      var unknown: [UnknownProperty] = []
      let resources = try Spec.Resources(json: bytes, named: "resources", unknownProperties: &unknown)
      for property in unknown { reporter.warn("resources.\(property.path): unknown property, which is ignored") }
      return resources
    } catch {
      throw OperationError("", "", .message("\(name): \(error)"))
    }
  }

  /// The limits that the options name.
  private var named: Spec.Resources {
    var memory = Spec.Resources.Memory()
    memory.limit = options.size(.memory).map { Int64($0) }
    memory.reservation = options.size(.memoryReservation).map { Int64($0) }
    memory.swap = options.size(.memorySwap).map { Int64($0) }
    memory.kernel = options.size(.kernelMemory).map { Int64($0) }
    memory.kernelTCP = options.size(.kernelMemoryTcp).map { Int64($0) }
    var cpu = Spec.Resources.CPU()
    cpu.shares = options.integer(.cpuShare).map { UInt64(clamping: $0) }
    cpu.period = options.integer(.cpuPeriod).map { UInt64(clamping: $0) }
    cpu.quota = options.integer(.cpuQuota).map { Int64($0) }
    cpu.burst = options.integer(.cpuBurst).map { UInt64(clamping: $0) }
    cpu.realtimePeriod = options.integer(.cpuRtPeriod).map { UInt64(clamping: $0) }
    cpu.realtimeRuntime = options.integer(.cpuRtRuntime).map { Int64($0) }
    cpu.idle = options.integer(.cpuIdle).map { Int64($0) }
    cpu.cpus = options.string(.cpusetCpus)
    cpu.mems = options.string(.cpusetMems)
    var resources = Spec.Resources()
    if memory != Spec.Resources.Memory() { resources.memory = memory }
    if cpu != Spec.Resources.CPU() { resources.cpu = cpu }
    resources.pids = options.integer(.pidsLimit).map { Spec.Resources.Pids(limit: Int64($0)) }
    if let weight = options.integer(.blkioWeight), weight != 0 {
      resources.blockIO = Spec.Resources.BlockIO(weight: UInt16(clamping: weight))
    }
    return resources
  }
}
