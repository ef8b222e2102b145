public import JSON

/// `data` of a line of `events --stats`, with the names of runc (types/events.go). Zero is left out where runc leaves
/// it out; `memory.events` is an addition.
extension CgroupStatistics: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("cpu", cpu)
    writer.member("cpuset", cpuset)
    writer.member("memory", memory)
    writer.key("pids")
    writer.beginObject()
    writer.member("current", nonZero: tasks.current)
    writer.member("limit", nonZero: tasks.limit)
    writer.endObject()
    writer.member("blkio", blockIO)
    writer.member("hugetlb", hugePages)
    writer.key("intel_rdt")
    writer.beginObject()
    writer.endObject()
    writer.key("network_interfaces")
    writer.null()
    writer.endObject()
  }
}

extension CgroupStatistics.CPU: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("usage")
    writer.beginObject()
    writer.member("total", nonZero: total)
    writer.member("percpu", nonEmpty: perProcessor)
    writer.member("percpu_kernel", nonEmpty: perProcessorKernel)
    writer.member("percpu_user", nonEmpty: perProcessorUser)
    writer.member("kernel", kernel)
    writer.member("user", user)
    writer.endObject()
    writer.key("throttling")
    writer.beginObject()
    writer.member("periods", nonZero: periods)
    writer.member("throttledPeriods", nonZero: throttledPeriods)
    writer.member("throttledTime", nonZero: throttledTime)
    writer.endObject()
    writer.member("psi", pressure)
    writer.endObject()
  }
}

extension CgroupStatistics.Cpuset: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("cpus", nonEmpty: cpus)
    writer.member("cpu_exclusive", cpuExclusive)
    writer.member("mems", nonEmpty: mems)
    writer.member("mem_hardwall", memHardwall)
    writer.member("mem_exclusive", memExclusive)
    writer.member("memory_migrate", memoryMigrate)
    writer.member("memory_spread_page", memorySpreadPage)
    writer.member("memory_spread_slab", memorySpreadSlab)
    writer.member("memory_pressure", memoryPressure)
    writer.member("sched_load_balance", schedLoadBalance)
    writer.member("sched_relax_domain_level", schedRelaxDomainLevel)
    writer.endObject()
  }
}

extension CgroupStatistics.Memory: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("cache", nonZero: cache)
    writer.member("usage", usage)
    writer.member("swap", swap)
    writer.member("kernel", kernel)
    writer.member("kernelTCP", kernelTCP)
    writer.member("raw", raw.isEmpty ? nil : raw)
    writer.member("events", events.isEmpty ? nil : events)
    writer.member("psi", pressure)
    writer.endObject()
  }
}

extension CgroupStatistics.Memory.Entry: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("limit", limit)
    writer.member("usage", nonZero: usage)
    writer.member("max", nonZero: max)
    writer.member("failcnt", failures)
    writer.endObject()
  }
}

extension CgroupStatistics.BlockIO: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ioServiceBytesRecursive", nonEmpty: serviceBytes)
    writer.member("ioServicedRecursive", nonEmpty: serviced)
    writer.member("ioQueueRecursive", nonEmpty: queued)
    writer.member("ioServiceTimeRecursive", nonEmpty: serviceTime)
    writer.member("ioWaitTimeRecursive", nonEmpty: waitTime)
    writer.member("ioMergedRecursive", nonEmpty: merged)
    writer.member("ioTimeRecursive", nonEmpty: time)
    writer.member("sectorsRecursive", nonEmpty: sectors)
    writer.member("psi", pressure)
    writer.endObject()
  }
}

extension CgroupStatistics.BlockIO.Entry: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("major", nonZero: major)
    writer.member("minor", nonZero: minor)
    writer.member("op", operation.isEmpty ? nil : operation)
    writer.member("value", nonZero: value)
    writer.endObject()
  }
}

extension CgroupStatistics.HugePages: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("usage", nonZero: usage)
    writer.member("max", nonZero: max)
    writer.member("failcnt", failures)
    writer.endObject()
  }
}

extension CgroupStatistics.Pressure: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("some", some)
    writer.member("full", full)
    writer.endObject()
  }
}

extension CgroupStatistics.Pressure.Share: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, average) in [("avg10", average10), ("avg60", average60), ("avg300", average300)] {
      writer.key(name)
      // Go writes a whole number without a point.
      let text = String(average)
      writer.literal(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
    writer.member("total", total)
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, nonZero value: UInt64) { member(name, value == 0 ? nil : value) }

  fileprivate mutating func member<Element: JSONWritable>(_ name: String, nonEmpty value: [Element]) {
    member(name, value.isEmpty ? nil : value)
  }
}
