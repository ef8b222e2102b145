internal import DBus
internal import Kernel
internal import OCI

/// What systemd is told of a container's scope. systemd writes some files of a cgroup by itself, and writes them again
/// whenever it likes (daemon-reload), so it must know the limits in them; what it does not know is written by apus alone.
/// Which limits these are follows runc.
struct SystemdProperties {
  private let version: Int
  private let kind: CgroupLayout.Kind
  private(set) var list: [SystemdProperty] = []

  init(_ version: Int, _ kind: CgroupLayout.Kind) {
    self.version = version
    self.kind = kind
  }

  private mutating func add(_ name: String, _ value: DBusValue) { list.append(SystemdProperty(name, value)) }

  /// What every scope has. Delegation keeps systemd from what is below the scope, accounting gives it the controllers.
  mutating func addBasics(_ unit: SystemdUnit, id: String) {
    add("Description", .string(SystemdUnit.description(id: id)))
    add("Slice", .string(unit.slice))
    add("Delegate", .boolean(true))
    for name in ["Memory", "CPU", kind == .v2 ? "IO" : "BlockIO", "Tasks"] { add("\(name)Accounting", .boolean(true)) }
    add("DefaultDependencies", .boolean(false))
  }

  /// What annotations ask for, by name.
  mutating func addAnnotations(_ properties: [(name: String, value: String)]) throws(CgroupError) {
    for (name, text) in properties.sorted(by: { $0.name < $1.name }) {
      let place = "annotations[\"org.systemd.property.\(name)\"]"
      if name.utf8.count < 3 { throw .property(place, problem: "name incorrect: too short") }
      if !name.utf8.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) {
        throw .property(place, problem: "name incorrect: contains non-alphabetic character")
      }
      let value: DBusValue
      do { value = try DBusValue(text: text) } catch {
        throw .property(place, problem: "value parse error: \(error); values are written as in busctl or GVariant")
      }
      // Documented names in seconds are microseconds over D-Bus: TimeoutStopSec is TimeoutStopUSec there.
      let stem = name.utf8.dropLast(3)
      if name.utf8.hasSuffix("Sec"), let last = stem.last, (97...122).contains(last) {
        guard let microseconds = Self.microseconds(value) else {
          throw .property(place, problem: "value parse error: not a number of seconds")
        }
        add("\(String(Substring(stem)))USec", .uint64(microseconds))
      } else {
        add(name, value)
      }
    }
  }

  private static func microseconds(_ value: DBusValue) -> UInt64? {
    let seconds: UInt64?
    switch value {
    case .byte(let number): seconds = UInt64(number)
    case .int16(let number): seconds = UInt64(exactly: number)
    case .uint16(let number): seconds = UInt64(number)
    case .int32(let number): seconds = UInt64(exactly: number)
    case .uint32(let number): seconds = UInt64(number)
    case .int64(let number): seconds = UInt64(exactly: number)
    case .uint64(let number): seconds = number
    case .double(let number): return number >= 0 && number < 1e13 ? UInt64(number * 1_000_000) : nil
    default: return nil
    }
    guard let seconds else { return nil }
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : product
  }

  /// The limits.
  /// - Parameter property: what stands before the properties in messages.
  mutating func add(_ resources: Spec.Resources, property: String, isStart: Bool) throws(CgroupError) {
    if kind == .v2 { try addUnified(resources, property) } else { addLegacy(resources) }
    if let quota = Self.quota(resources) { addQuota(quota.perSecond, period: quota.period) }
    if let limit = resources.pids?.limit { add("TasksMax", .uint64(Self.tasks(limit))) }
    try addSets(resources.cpu?.cpus, "AllowedCPUs", "\(property).cpu.cpus")
    try addSets(resources.cpu?.mems, "AllowedMemoryNodes", "\(property).cpu.mems")
    if kind != .v2 { return }
    for (file, value) in (resources.unified ?? [:]).sorted(by: { $0.key < $1.key }) {
      try addFile(file, Self.trimmed(value), resources, "\(property).unified[\"\(file)\"]", isStart: isStart)
    }
  }

  private mutating func addLegacy(_ resources: Spec.Resources) {
    if let limit = resources.memory?.limit, limit != 0 { add("MemoryLimit", .uint64(UInt64(bitPattern: limit))) }
    if let shares = resources.cpu?.shares, shares != 0 { add("CPUShares", .uint64(shares)) }
    if let weight = resources.blockIO?.weight, weight != 0 { add("BlockIOWeight", .uint64(UInt64(weight))) }
  }

  private mutating func addUnified(_ resources: Spec.Resources, _ property: String) throws(CgroupError) {
    let memory = resources.memory
    let limit = memory?.limit ?? 0
    if limit != 0 { add("MemoryMax", .uint64(UInt64(bitPattern: limit))) }
    if let low = memory?.reservation, low != 0 { add("MemoryLow", .uint64(UInt64(bitPattern: low))) }
    let swap = memory?.swap ?? 0
    if swap == -1 || (swap == 0 && limit == -1) {
      add("MemorySwapMax", .uint64(.max))
    } else if swap > 0, limit > 0, swap >= limit {
      add("MemorySwapMax", .uint64(UInt64(swap - limit)))
    }
    if isIdle(resources) {
      add("CPUWeight", .uint64(0))
    } else if let shares = resources.cpu?.shares, shares != 0 {
      add("CPUWeight", .uint64(UInt64(cpuWeight(shares: shares))))
    }
  }

  /// Since systemd 252 a weight of 0 is `cpu.idle`; before, systemd does not know it and leaves the file alone.
  private func isIdle(_ resources: Spec.Resources) -> Bool {
    let file = (resources.unified ?? [:])["cpu.idle"].map { Self.trimmed($0) }
    return version >= 252 && (resources.cpu?.idle == 1 || file == "1")
  }

  static func tasks(_ limit: Int64) -> UInt64 { limit < 0 ? .max : UInt64(max(limit, 1)) }

  private mutating func addQuota(_ perSecond: UInt64, period: UInt64) {
    if period != 0 && version >= 242 { add("CPUQuotaPeriodUSec", .uint64(period)) }
    add("CPUQuotaPerSecUSec", .uint64(perSecond))
  }

  /// systemd counts in whole percents of a processor, upwards.
  /// - Returns: microseconds of processor time in a second, the greatest number for no limit.
  static func quota(_ resources: Spec.Resources) -> (perSecond: UInt64, period: UInt64, quota: Int64)? {
    let (quota, period) = (resources.cpu?.quota ?? 0, resources.cpu?.period ?? 0)
    if quota == 0 && period == 0 { return nil }
    if quota <= 0 { return (.max, period, quota) }
    let usedPeriod = period == 0 ? 100_000 : period
    let (product, overflow) = UInt64(quota).multipliedReportingOverflow(by: 1_000_000)
    if overflow { return (.max, period, quota) }
    let perSecond = (product / usedPeriod + 9999) / 10000 * 10000
    let (total, tooMuch) = perSecond.multipliedReportingOverflow(by: usedPeriod)
    if tooMuch { return (.max, period, quota) }
    let rounded = product / usedPeriod % 10000 == 0 ? quota : Int64(clamping: total / 1_000_000)
    return (perSecond, period, rounded)
  }

  /// Rounded as systemd rounds, so that it and apus write the same.
  static func rounded(_ resources: Spec.Resources) -> Spec.Resources {
    var result = resources
    if let quota = quota(resources)?.quota, quota > 0 { result.cpu?.quota = quota }
    return result
  }

  private mutating func addSets(_ list: String?, _ name: String, _ property: String) throws(CgroupError) {
    guard let list, !list.isEmpty, version >= 244 else { return }
    guard let set = NumberSet(list: list), !set.isEmpty else {
      throw .property(property, problem: "\"\(list)\" is no list such as 0-3,7 that systemd could be told")
    }
    var bytes = set.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    while bytes.last == 0 { bytes.removeLast() }
    add(name, .bytes(bytes))
  }

  /// A file of `unified` that systemd has a property for; of the others it knows nothing and leaves them alone.
  private mutating func addFile(
    _ file: String, _ value: String, _ resources: Spec.Resources, _ property: String, isStart: Bool
  ) throws(CgroupError) {
    let number = value == "max" ? UInt64.max : UInt64(value)
    func required() throws(CgroupError) -> UInt64 {
      guard let number else { throw .property(property, problem: "\"\(value)\" is neither a number nor max") }
      return number
    }
    switch file {
    // Told already.
    case "cpu.idle": break
    case "cpu.weight": if !isIdle(resources) { add("CPUWeight", .uint64(try required())) }
    case "cpu.max":
      let words = value.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
      var limits = Spec.Resources()
      limits.cpu = Spec.Resources.CPU()
      limits.cpu?.quota = words.first == "max" ? -1 : Int64(words.first ?? "")
      limits.cpu?.period = words.count > 1 ? UInt64(words[1]) : 100_000
      guard (1...2).contains(words.count), limits.cpu?.quota != nil, limits.cpu?.period != nil,
        let quota = Self.quota(limits)
      else { throw .property(property, problem: "\"\(value)\" is no quota and period") }
      addQuota(quota.perSecond, period: quota.period)
    case "cpuset.cpus": try addSets(value, "AllowedCPUs", property)
    case "cpuset.mems": try addSets(value, "AllowedMemoryNodes", property)
    case "memory.high": add("MemoryHigh", .uint64(try required()))
    case "memory.low": add("MemoryLow", .uint64(try required()))
    case "memory.min": add("MemoryMin", .uint64(try required()))
    case "memory.max": add("MemoryMax", .uint64(try required()))
    case "memory.swap.max": add("MemorySwapMax", .uint64(try required()))
    case "pids.max": add("TasksMax", .uint64(max(1, try required())))
    case "memory.oom.group":
      // It can be told at the start alone, and to scopes since systemd 253.
      if isStart && version >= 253 { add("OOMPolicy", .string(value == "1" ? "kill" : "continue")) }
    default: break
    }
  }

  private static func trimmed(_ text: String) -> String {
    let isBlank: (UInt8) -> Bool = { " \t\n\r".utf8.contains($0) }
    let start = text.utf8.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(Substring(start[...last]))
  }

  /// systemd knows lists of what is allowed. One that it cannot be told is a list without entries: the rules in force are
  /// those that apus puts there, and systemd's stand beside them at most.
  mutating func add(_ policy: DevicePolicy) {
    let allowed = policy.isAllowed ? [] : policy.allowedForSystemd
    let isOpen = policy.isAllowed && policy.rules.allSatisfy { $0.allow }
    add("DeviceAllow", .array(of: "(ss)", []))
    add("DevicePolicy", .string(isOpen ? "auto" : "strict"))
    if !allowed.isEmpty {
      add(
        "DeviceAllow",
        .array(of: "(ss)", allowed.map { .structure([.string($0.path), .string($0.access)]) }))
    }
  }
}

extension DevicePolicy {
  /// What is allowed in the end, as `DeviceAllow=` names devices. A part of a wider rule that is forbidden stays in it:
  /// the rules of apus forbid it.
  var allowedForSystemd: [(path: String, access: String)] {
    var result: [(devices: Devices, access: Access)] = []
    for rule in rules {
      if rule.allow {
        if let at = result.firstIndex(where: { $0.devices == rule.devices }) {
          result[at].access.formUnion(rule.access)
        } else {
          result.append((rule.devices, rule.access))
        }
      } else {
        for at in result.indices where rule.devices.contains(result[at].devices) {
          result[at].access.subtract(rule.access)
        }
        result.removeAll { $0.access.isEmpty }
      }
    }
    return result.compactMap { entry in entry.devices.systemdPath.map { ($0, entry.access.text) } }
  }
}

extension DevicePolicy.Devices {
  /// Nil for what systemd has no word for: a minor number of every major one.
  var systemdPath: String? {
    let type = kind == .block ? "block" : "char"
    switch (major, minor) {
    case (nil, nil): return "\(type)-*"
    case (nil, .some): return nil
    case (.some(let major), nil): return "\(type)-\(major)"
    case (.some(let major), .some(let minor)): return "/dev/\(type)/\(major):\(minor)"
    }
  }
}
