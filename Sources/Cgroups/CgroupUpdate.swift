import Kernel
public import OCI

extension Cgroup {
  /// Changes the limits that `resources` names; the others stay. Rules for devices stay as they are whatever is said of
  /// them, as with runc: a list without the rules of every container would lock it out of /dev/null.
  ///
  /// When a write fails, those before it are taken back. systemd comes last: what the kernel has taken it takes too, or
  /// the files are brought back.
  /// - Parameters:
  ///   - whole: all limits of the container afterwards, for systemd, which is told the most of them anew.
  ///   - property: what stands before the properties in messages.
  /// - Returns: warnings: properties without an effect.
  public func update(
    _ resources: Spec.Resources, whole: Spec.Resources? = nil, property: String = "linux.resources"
  ) throws(CgroupError) -> [String] {
    guard resources.hasLimits else { return [] }
    let resources = record.systemd == nil ? resources : SystemdProperties.rounded(resources)
    let controllers = try unified.map { (folder) throws(CgroupError) in
      try folder.file("cgroup.controllers").readWords()
    }
    let planner = try ResourcePlanner(
      resources, hierarchies: folders.map { $0.hierarchy }, unifiedControllers: controllers ?? [], isUpdate: true,
      property: property)
    try checkMemory(resources, property)
    let writer = CgroupWriter(folders.map { $0.path })
    var restores: [CgroupWrite] = []
    for write in planner.writes {
      if let restore = try restoring(write) { restores.append(restore) }
    }
    do {
      try writer.write(planner.writes)
      if let scope = record.systemd { try tell(scope, whole ?? resources, property) }
    } catch {
      if let lost = try restore(restores.reversed(), by: writer) {
        throw .notRestored(cause: error.description, property: lost)
      }
      throw error
    }
    return planner.warnings
  }

  /// Tells systemd the limits. On v1 it may write the rules for devices anew meanwhile, beginning with none allowed, so
  /// nothing runs until it is done.
  private func tell(
    _ scope: CgroupRecord.Scope, _ resources: Spec.Resources, _ property: String
  ) throws(CgroupError) {
    let manager = try SystemdManager(scope.manager)
    let kind: CgroupLayout.Kind = folders.count == 1 && unified != nil ? .v2 : .v1
    var properties = SystemdProperties(try manager.facts().version, kind)
    try properties.add(resources, property: property, isStart: false)
    var freezes = folder(of: "devices") != nil && folder(of: "freezer") != nil
    if freezes { freezes = try !isFrozen() }
    if freezes { try freeze() }
    do {
      try manager.set(scope.unit, properties.list)
    } catch {
      if freezes { try thaw() }
      throw error
    }
    if freezes { try thaw() }
  }

  /// memory.checkBeforeUpdate: a cgroup v2 tree would rather kill than refuse a limit below what is in use.
  private func checkMemory(_ resources: Spec.Resources, _ property: String) throws(CgroupError) {
    guard let memory = resources.memory, memory.checkBeforeUpdate == true else { return }
    let file = folder(of: "memory")?.file("memory.usage_in_bytes") ?? unified?.file("memory.current")
    guard let file else { return }
    // Without a number there is nothing to compare with, as in runc.
    let usage: Int64
    do throws(SystemCallError) {
      usage = Int64(try file.read()) ?? 0
    } catch {
      return
    }
    for (name, limit) in [("swap", memory.swap ?? 0), ("limit", memory.limit ?? 0)] where limit > 0 && limit <= usage {
      let words = name == "swap" ? "memory+swap" : "memory"
      throw .property("\(property).memory.\(name)", problem: "rejecting \(words) limit \(limit) <= usage \(usage)")
    }
  }

  /// Brings everything back that can be; whatever depends on another finds its turn.
  /// - Returns: a property whose value is another now.
  private func restore(_ writes: [CgroupWrite], by writer: CgroupWriter) throws(CgroupError) -> String? {
    var waiting = writes
    while !waiting.isEmpty {
      let before = waiting.count
      waiting = waiting.filter { write in
        do throws(SystemCallError) { try writer.write(write) } catch { return true }
        return false
      }
      if waiting.count == before { break }
    }
    for write in waiting where try restoring(write)?.value != write.value { return write.property }
    return nil
  }

  /// What brings a file back to what it says now; nil when there is nothing to bring back.
  private func restoring(_ write: CgroupWrite) throws(CgroupError) -> CgroupWrite? {
    let folder = folders[write.folder]
    for name in [write.file, write.whenMissing.file].compactMap({ $0 }) {
      let now: String
      do throws(SystemCallError) {
        now = try folder.file(name).read()
      } catch {
        if isGone(error.errno) { continue }
        throw .system(error, property: write.property)
      }
      guard let value = Self.value(of: write, in: now) else { return nil }
      return CgroupWrite(
        folder: write.folder, file: name, value: .text(value), property: write.property, whenMissing: .skip,
        line: write.line, group: 0)
    }
    return nil
  }

  static func value(of write: CgroupWrite, in text: String) -> String? {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
    if let line = write.line { return lines.first { $0.hasPrefix(line.key + " ") } ?? line.unset }
    if write.file == "memory.oom_control" { return text.utf8.starts(with: "oom_kill_disable 1".utf8) ? "1" : "0" }
    // An empty cpuset is written as a line without anything; of other files with many lines nothing is known.
    return lines.isEmpty ? "\n" : lines.count == 1 ? lines[0] : nil
  }
}

extension CgroupWrite.WhenMissing {
  fileprivate var file: String? {
    if case .write(let file, _) = self { file } else { nil }
  }
}
