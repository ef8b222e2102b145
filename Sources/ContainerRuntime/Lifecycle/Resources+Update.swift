package import OCI

extension Spec.Resources {
  /// These limits with those of an update in their place, each value on its own. 0 in the places where it cannot be a
  /// limit names none, and the value before stays; a device's line replaces the line of that device.
  package func updated(with update: Spec.Resources) -> Spec.Resources {
    var result = self
    if let memory = update.memory { result.memory = (result.memory ?? Memory()).updated(with: memory) }
    if let cpu = update.cpu { result.cpu = (result.cpu ?? CPU()).updated(with: cpu) }
    if let limit = update.pids?.limit { result.pids = Pids(limit: limit) }
    if let blockIO = update.blockIO {
      result.blockIO = (result.blockIO ?? Spec.Resources.BlockIO()).updated(with: blockIO)
    }
    for limit in update.hugepageLimits ?? [] {
      result.hugepageLimits = replace(result.hugepageLimits, limit) { $0.pageSize == $1.pageSize }
    }
    if let network = update.network {
      var merged = result.network ?? Network()
      if let classID = nonZero(network.classID) { merged.classID = classID }
      for priority in network.priorities ?? [] {
        merged.priorities = replace(merged.priorities, priority) { $0.name == $1.name }
      }
      result.network = merged
    }
    for (device, limits) in update.rdma ?? [:] {
      var merged = result.rdma ?? [:]
      merged[device] = limits
      result.rdma = merged
    }
    for (file, value) in update.unified ?? [:] {
      var merged = result.unified ?? [:]
      merged[file] = value
      result.unified = merged
    }
    return result
  }
}

extension Spec.Resources.Memory {
  fileprivate func updated(with update: Self) -> Self {
    var result = self
    result.limit = nonZero(update.limit) ?? limit
    // No limit on memory takes the one on memory and swap together away, unless that is named too.
    result.swap = nonZero(update.swap) ?? (update.limit == -1 ? -1 : swap)
    result.reservation = nonZero(update.reservation) ?? reservation
    result.kernel = nonZero(update.kernel) ?? kernel
    result.kernelTCP = nonZero(update.kernelTCP) ?? kernelTCP
    result.swappiness = update.swappiness ?? swappiness
    result.disableOOMKiller = update.disableOOMKiller ?? disableOOMKiller
    result.useHierarchy = update.useHierarchy ?? useHierarchy
    result.checkBeforeUpdate = update.checkBeforeUpdate ?? checkBeforeUpdate
    return result
  }
}

extension Spec.Resources.CPU {
  fileprivate func updated(with update: Self) -> Self {
    var result = self
    result.shares = nonZero(update.shares) ?? shares
    result.quota = nonZero(update.quota) ?? quota
    result.burst = update.burst ?? burst
    result.period = nonZero(update.period) ?? period
    result.realtimeRuntime = nonZero(update.realtimeRuntime) ?? realtimeRuntime
    result.realtimePeriod = nonZero(update.realtimePeriod) ?? realtimePeriod
    if let cpus = update.cpus, !cpus.isEmpty { result.cpus = cpus }
    if let mems = update.mems, !mems.isEmpty { result.mems = mems }
    result.idle = update.idle ?? idle
    return result
  }
}

extension Spec.Resources.BlockIO {
  fileprivate func updated(with update: Self) -> Self {
    var result = self
    result.weight = nonZero(update.weight) ?? weight
    result.leafWeight = nonZero(update.leafWeight) ?? leafWeight
    for device in update.weightDevice ?? [] {
      var device = device
      let old = weightDevice?.last { $0.major == device.major && $0.minor == device.minor }
      device.weight = nonZero(device.weight) ?? old?.weight
      device.leafWeight = nonZero(device.leafWeight) ?? old?.leafWeight
      result.weightDevice = replace(result.weightDevice, device) { $0.major == $1.major && $0.minor == $1.minor }
    }
    result.throttleReadBpsDevice = throttled(throttleReadBpsDevice, update.throttleReadBpsDevice)
    result.throttleWriteBpsDevice = throttled(throttleWriteBpsDevice, update.throttleWriteBpsDevice)
    result.throttleReadIOPSDevice = throttled(throttleReadIOPSDevice, update.throttleReadIOPSDevice)
    result.throttleWriteIOPSDevice = throttled(throttleWriteIOPSDevice, update.throttleWriteIOPSDevice)
    return result
  }

  private func throttled(_ before: [ThrottleDevice]?, _ update: [ThrottleDevice]?) -> [ThrottleDevice]? {
    var result = before
    for device in update ?? [] {
      result = replace(result, device) { $0.major == $1.major && $0.minor == $1.minor }
    }
    return result
  }
}

private func nonZero<Number: BinaryInteger>(_ value: Number?) -> Number? { value == 0 ? nil : value }

/// The list with the element in the place of the last one that it is about, or at the end.
private func replace<Element>(_ list: [Element]?, _ element: Element, isSame: (Element, Element) -> Bool) -> [Element] {
  var list = list ?? []
  if let index = list.lastIndex(where: { isSame($0, element) }) { list[index] = element } else { list.append(element) }
  return list
}
