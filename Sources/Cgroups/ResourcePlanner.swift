import OCI

/// Makes writes of limits, for the controllers that a host has. Pure.
struct ResourcePlanner {
  /// The controllers of each folder; none for named hierarchies.
  let controllers: [[String]]
  /// The folder of the cgroup v2 tree, if there is one, and the controllers that it has.
  let unified: (folder: Int, controllers: [String])?
  let resources: Spec.Resources
  /// A change of limits that exist, not the first ones.
  let isUpdate: Bool
  /// What stands before the properties in messages: `linux.resources`.
  let property: String
  private(set) var writes: [CgroupWrite] = []
  private(set) var warnings: [String] = []

  init(
    _ resources: Spec.Resources, hierarchies: [String], unifiedControllers: [String], isUpdate: Bool, property: String
  ) throws(CgroupError) {
    self.resources = resources
    self.isUpdate = isUpdate
    self.property = property
    controllers = hierarchies.map { CgroupLayout.Hierarchy.controllers(ofName: $0) }
    unified = hierarchies.firstIndex(of: "").map { ($0, unifiedControllers) }
    for setting in resources.settings { try plan(setting) }
  }

  private mutating func plan(_ setting: ResourceSetting) throws(CgroupError) {
    let (support, isV1) = support(for: setting.resource)
    let property = "\(self.property).\(setting.property)"
    switch support {
    case .ignored(let reason): warnings.append("\(property) has no effect: \(reason)")
    case .refused(let reason): throw .property(property, problem: "cannot be honoured: \(reason)")
    case .files(let targets):
      try ResourceValidation(resources: resources, isV1: isV1, isUpdate: isUpdate).check(setting, property)
      for target in targets { try plan(target, setting, isV1: isV1, property) }
    }
  }

  /// The v1 hierarchy that has the controller decides, then the cgroup v2 tree.
  private func support(for resource: LimitedResource) -> (ResourceSupport, isV1: Bool) {
    if resource != .unified, case .files(let targets) = resource.v1,
      controllers.contains(where: { $0.contains(targets[0].controller) })
    {
      return (resource.v1, true)
    }
    guard let unified else { return (resource.v1, true) }
    if controllers.count == 1 { return (resource.v2, false) }
    // Beside v1, a limit that the v2 tree does not have lacks the controller of v1.
    switch resource.v2 {
    case .files(let targets):
      let isThere = resource == .unified || unified.controllers.contains(targets[0].controller)
      return isThere ? (resource.v2, false) : (resource.v1, true)
    case .ignored: return (resource.v2, false)
    case .refused: return (resource.v1, true)
    }
  }

  private mutating func plan(
    _ target: ControlTarget, _ setting: ResourceSetting, isV1: Bool, _ property: String
  ) throws(CgroupError) {
    let key = setting.value.key ?? ""
    let controller = target.controller == "<key>" ? String(Substring(key.utf8.prefix { $0 != 46 })) : target.controller
    let folder = try folder(of: controller, isV1: isV1, property)
    guard let value = value(target.form, setting) else { return }
    let whenMissing: CgroupWrite.WhenMissing
    if let alternative = target.alternative, let other = self.value(alternative.form, setting) {
      whenMissing = .write(file: alternative.file, value: other)
    } else {
      switch target.whenMissing {
      case .fail: whenMissing = .fail
      case .skip: whenMissing = .skip
      case .skipUnlimited: whenMissing = ["-1", "max", "0"].contains(value.text) ? .skip : .fail
      }
    }
    let file = named(target.file, key)
    let group = LimitedResource.allCases.firstIndex(of: setting.resource.couples) ?? 0
    writes.append(
      CgroupWrite(
        folder: folder, file: file, value: value, property: property, whenMissing: whenMissing,
        line: line(target.form, setting), group: group))
  }

  /// The file with `key` in the place of `<key>`. By index: the algorithms of _StringProcessing bring the whole engine of
  /// regular expressions into a static binary, a megabyte of it.
  private func named(_ file: String, _ key: String) -> String {
    guard let start = file.utf8.firstIndex(of: UInt8(ascii: "<")), let end = file.utf8.firstIndex(of: UInt8(ascii: ">"))
    else { return file }
    return "\(file[..<start])\(key)\(file[file.utf8.index(after: end)...])"
  }

  /// How an update that fails takes back the line of a device that had none.
  private func line(_ form: ControlTarget.Form, _ setting: ResourceSetting) -> CgroupWrite.Line? {
    guard form != .value, let key = setting.value.key else { return nil }
    let unset =
      switch (form, setting.resource) {
      case (.named(let name), _): "\(name)=max"
      case (_, .blockIOWeightDevice), (_, .blockIOLeafWeightDevice): "default"
      case (_, .rdma): "hca_handle=max hca_object=max"
      default: "0"
      }
    return CgroupWrite.Line(key: key, unset: "\(key) \(unset)")
  }

  private func folder(of controller: String, isV1: Bool, _ property: String) throws(CgroupError) -> Int {
    if isV1, let folder = controllers.firstIndex(where: { $0.contains(controller) }) { return folder }
    if !isV1, let unified, controller == "cgroup" || unified.controllers.contains(controller) { return unified.folder }
    throw .property(
      property,
      problem: (property.hasPrefix("linux.resources.unified") ? "invalid configuration: " : "")
        + "cannot be honoured: the controller \"\(controller)\" is not available "
        + (unified != nil && controllers.count == 1 ? "in this cgroup v2 tree" : "on this host"))
  }

  /// The value as the file takes it; nil when another setting writes it too.
  private func value(_ form: ControlTarget.Form, _ setting: ResourceSetting) -> CgroupWrite.Value? {
    switch (form, setting.value) {
    case (.quotaAndPeriod, _): return quotaAndPeriod(setting.resource)
    case (.swapOnly, .integer(let total)): return swapOnly(total)
    case (.maximum, .integer(-1)): return .text("max")
    case (.tasks, .integer(let limit)): return .text(limit < 0 ? "max" : String(max(limit, 1)))
    case (.one, _): return .text("1")
    case (.weight, .unsigned(let shares)): return .text(String(cpuWeight(shares: shares)))
    case (.scaledWeight, .unsigned(let weight)): return .text(String(Self.scaled(weight)))
    case (.scaledWeightPair, .keyed(let key, let weight)): return .text("\(key) \(Self.scaled(weight))")
    case (.named(let name), .keyed(let key, let rate)):
      return .text("\(key) \(name)=\(rate == 0 ? "max" : String(rate))")
    case (.value, .keyed(_, let value)): return .text(String(value))
    case (.value, .keyedText(_, let value)): return .text(value)
    case (_, .keyed(let key, let value)): return .text("\(key) \(value)")
    case (_, .keyedText(let key, let value)): return .text(key + value)
    case (_, .integer(let value)): return .text(String(value))
    case (_, .unsigned(let value)): return .text(String(value))
    case (_, .text(let value)): return .text(value)
    case (_, .flag(let value)): return .text(value ? "1" : "0")
    }
  }

  private func quotaAndPeriod(_ resource: LimitedResource) -> CgroupWrite.Value? {
    let period = resources.cpu?.period.flatMap { $0 == 0 ? nil : $0 }
    if let quota = resources.cpu?.quota, quota != 0 {
      if resource == .cpuPeriod { return nil }
      let text = quota < 0 ? "max" : String(quota)
      // A period that is left out stays as it is, which in a new cgroup is 100 ms.
      return .text(period.map { "\(text) \($0)" } ?? text)
    }
    guard let period else { return nil }
    return isUpdate ? .keepingQuota(period: period) : .text("max \(period)")
  }

  private func swapOnly(_ total: Int64) -> CgroupWrite.Value {
    if total == -1 { return .text("max") }
    switch resources.memory?.limit ?? 0 {
    case -1: return .text(String(total))
    case 0: return .swapAside(total: total)
    case let limit: return .text(String(max(0, total - limit)))
    }
  }

  /// From 10…1000 (BFQ) to 1…10000, as runc and crun do.
  private static func scaled(_ weight: UInt64) -> UInt64 { 1 + (max(weight, 10) - 10) * 9999 / 990 }
}

extension ResourceSetting.Value {
  var key: String? {
    switch self {
    case .keyed(let key, _), .keyedText(let key, _): key
    case .integer, .unsigned, .flag, .text: nil
    }
  }
}

extension CgroupWrite.Value {
  /// The text, when it is known without a look at the host.
  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

extension String {
  /// With the first occurrence of a part replaced.
  func replacing(_ part: StaticString, with other: String) -> String {
    let part = Array(part.description.utf8)
    let bytes = Array(utf8)
    guard bytes.count >= part.count else { return self }
    for start in 0...(bytes.count - part.count) where bytes[start..<(start + part.count)].elementsEqual(part) {
      return String(decoding: bytes[..<start] + Array(other.utf8) + bytes[(start + part.count)...], as: UTF8.self)
    }
    return self
  }
}
