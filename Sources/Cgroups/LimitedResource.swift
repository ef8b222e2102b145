import OCI

/// The limits of `linux.resources` that end in a file, in the order in which they are written. Together with
/// `ControlTarget` this is the one table from the specification to the kernel; docs/cgroups.md is made from it.
package enum LimitedResource: String, CaseIterable, Sendable {
  case cpus = "cpu.cpus"
  case mems = "cpu.mems"
  case memoryLimit = "memory.limit"
  case memorySwap = "memory.swap"
  case memoryReservation = "memory.reservation"
  case memoryKernel = "memory.kernel"
  case memoryKernelTCP = "memory.kernelTCP"
  case memorySwappiness = "memory.swappiness"
  case memoryDisableOOMKiller = "memory.disableOOMKiller"
  case memoryUseHierarchy = "memory.useHierarchy"
  case cpuShares = "cpu.shares"
  case cpuIdle = "cpu.idle"
  case cpuPeriod = "cpu.period"
  case cpuQuota = "cpu.quota"
  case cpuBurst = "cpu.burst"
  case cpuRealtimePeriod = "cpu.realtimePeriod"
  case cpuRealtimeRuntime = "cpu.realtimeRuntime"
  case pidsLimit = "pids.limit"
  case blockIOWeight = "blockIO.weight"
  case blockIOLeafWeight = "blockIO.leafWeight"
  case blockIOWeightDevice = "blockIO.weightDevice[].weight"
  case blockIOLeafWeightDevice = "blockIO.weightDevice[].leafWeight"
  case blockIOReadBps = "blockIO.throttleReadBpsDevice"
  case blockIOWriteBps = "blockIO.throttleWriteBpsDevice"
  case blockIOReadIOPS = "blockIO.throttleReadIOPSDevice"
  case blockIOWriteIOPS = "blockIO.throttleWriteIOPSDevice"
  case hugepageLimits = "hugepageLimits"
  case networkClassID = "network.classID"
  case networkPriorities = "network.priorities"
  case rdma = "rdma"
  case unified = "unified"

  /// Limits that the kernel checks against each other: a write that it refuses with EINVAL is tried again after the
  /// others of the same group, so neither raising nor lowering them together needs an order.
  var couples: LimitedResource {
    switch self {
    case .memorySwap: .memoryLimit
    case .cpuIdle: .cpuShares
    case .cpuQuota, .cpuBurst: .cpuPeriod
    case .cpuRealtimeRuntime: .cpuRealtimePeriod
    default: self
    }
  }
}

/// One value that the configuration asks for.
struct ResourceSetting: Equatable, Sendable {
  enum Value: Equatable, Sendable {
    case integer(Int64)
    case unsigned(UInt64)
    case flag(Bool)
    case text(String)
    /// A value for one device, interface or page size.
    case keyed(String, UInt64)
    case keyedText(String, String)
  }

  let resource: LimitedResource
  /// Below `linux.resources`, with the index or key of a list: `blockIO.weightDevice[0].weight`.
  let property: String
  let value: Value

  init(_ resource: LimitedResource, _ value: Value, property: String? = nil) {
    self.resource = resource
    self.property = property ?? resource.rawValue
    self.value = value
  }
}

extension Spec.Resources {
  /// What is asked for, in the order of the table. Where 0 cannot be a limit it means that nothing is asked for, as
  /// engines write it (Docker, containerd) and runc takes it.
  var settings: [ResourceSetting] {
    var settings: [ResourceSetting] = []
    func add(_ resource: LimitedResource, nonZero value: Int64?) {
      if let value, value != 0 { settings.append(ResourceSetting(resource, .integer(value))) }
    }
    func add(_ resource: LimitedResource, nonZero value: UInt64?) {
      if let value, value != 0 { settings.append(ResourceSetting(resource, .unsigned(value))) }
    }
    func add(_ resource: LimitedResource, _ value: ResourceSetting.Value?) {
      if let value { settings.append(ResourceSetting(resource, value)) }
    }
    if let cpu {
      if let cpus = cpu.cpus, !cpus.isEmpty { add(.cpus, .text(cpus)) }
      if let mems = cpu.mems, !mems.isEmpty { add(.mems, .text(mems)) }
    }
    if let memory {
      add(.memoryLimit, nonZero: memory.limit)
      if let swap = memory.swap, swap != 0 {
        add(.memorySwap, .integer(swap))
      } else if memory.limit == -1 {
        // Unlimited memory with a limit on memory and swap together is no state that the kernel takes.
        add(.memorySwap, .integer(-1))
      }
      add(.memoryReservation, nonZero: memory.reservation)
      add(.memoryKernel, nonZero: memory.kernel)
      add(.memoryKernelTCP, nonZero: memory.kernelTCP)
      // -1 of older engines: not asked for.
      if let swappiness = memory.swappiness, swappiness != .max { add(.memorySwappiness, .unsigned(swappiness)) }
      if memory.disableOOMKiller == true { add(.memoryDisableOOMKiller, .flag(true)) }
      if memory.useHierarchy == false { add(.memoryUseHierarchy, .flag(false)) }
    }
    if let cpu {
      add(.cpuShares, nonZero: cpu.shares)
      add(.cpuIdle, cpu.idle.map { .integer($0) })
      add(.cpuPeriod, nonZero: cpu.period)
      add(.cpuQuota, nonZero: cpu.quota)
      add(.cpuBurst, cpu.burst.map { .unsigned($0) })
      add(.cpuRealtimePeriod, nonZero: cpu.realtimePeriod)
      add(.cpuRealtimeRuntime, nonZero: cpu.realtimeRuntime)
    }
    add(.pidsLimit, pids?.limit.map { .integer($0) })
    if let blockIO { settings += blockIO.settings }
    for (index, limit) in (hugepageLimits ?? []).enumerated() {
      settings.append(
        ResourceSetting(.hugepageLimits, .keyed(limit.pageSize, limit.limit), property: "hugepageLimits[\(index)]"))
    }
    add(.networkClassID, nonZero: network?.classID.map { UInt64($0) })
    for (index, priority) in (network?.priorities ?? []).enumerated() {
      settings.append(
        ResourceSetting(
          .networkPriorities, .keyed(priority.name, UInt64(priority.priority)),
          property: "network.priorities[\(index)]"))
    }
    // Dictionaries have no order: sorted, so that equal configurations are written equally.
    for (device, limits) in (rdma ?? [:]).sorted(by: { $0.key < $1.key }) {
      let handles = limits.hcaHandles.map { " hca_handle=\($0)" } ?? ""
      let objects = limits.hcaObjects.map { " hca_object=\($0)" } ?? ""
      if handles.isEmpty && objects.isEmpty { continue }
      settings.append(ResourceSetting(.rdma, .keyedText(device, handles + objects), property: "rdma[\"\(device)\"]"))
    }
    for (file, value) in (unified ?? [:]).sorted(by: { $0.key < $1.key }) {
      settings.append(ResourceSetting(.unified, .keyedText(file, value), property: "unified[\"\(file)\"]"))
    }
    return settings
  }
}

extension Spec.Resources.BlockIO {
  fileprivate var settings: [ResourceSetting] {
    var settings: [ResourceSetting] = []
    if let weight, weight != 0 { settings.append(ResourceSetting(.blockIOWeight, .unsigned(UInt64(weight)))) }
    if let leafWeight, leafWeight != 0 {
      settings.append(ResourceSetting(.blockIOLeafWeight, .unsigned(UInt64(leafWeight))))
    }
    for (index, device) in (weightDevice ?? []).enumerated() {
      let numbers = "\(device.major):\(device.minor)"
      if let weight = device.weight, weight != 0 {
        settings.append(
          ResourceSetting(
            .blockIOWeightDevice, .keyed(numbers, UInt64(weight)), property: "blockIO.weightDevice[\(index)].weight"))
      }
      if let weight = device.leafWeight, weight != 0 {
        settings.append(
          ResourceSetting(
            .blockIOLeafWeightDevice, .keyed(numbers, UInt64(weight)),
            property: "blockIO.weightDevice[\(index)].leafWeight"))
      }
    }
    let throttles: [(LimitedResource, [ThrottleDevice]?)] = [
      (.blockIOReadBps, throttleReadBpsDevice), (.blockIOWriteBps, throttleWriteBpsDevice),
      (.blockIOReadIOPS, throttleReadIOPSDevice), (.blockIOWriteIOPS, throttleWriteIOPSDevice),
    ]
    for (resource, devices) in throttles {
      for (index, device) in (devices ?? []).enumerated() {
        settings.append(
          ResourceSetting(
            resource, .keyed("\(device.major):\(device.minor)", device.rate ?? 0),
            property: "\(resource.rawValue)[\(index)]"))
      }
    }
    return settings
  }
}
