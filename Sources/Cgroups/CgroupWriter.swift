import Kernel

/// Writes limits.
struct CgroupWriter {
  private let folders: [HostPath]

  init(_ folders: [HostPath]) { self.folders = folders }

  func write(_ writes: [CgroupWrite]) throws(CgroupError) {
    var rest = writes[...]
    while let group = rest.first?.group {
      let together = rest.prefix { $0.group == group }
      try writeTogether(Array(together))
      rest = rest.dropFirst(together.count)
    }
  }

  /// What the kernel refuses with EINVAL may only wait for another of the group: as long as a round gets on, the rest
  /// is tried again.
  private func writeTogether(_ writes: [CgroupWrite]) throws(CgroupError) {
    var waiting = writes
    while !waiting.isEmpty {
      var refused: [CgroupWrite] = []
      var failure: CgroupError?
      for write in waiting {
        do throws(SystemCallError) {
          try self.write(write)
        } catch {
          let explained = explained(error, write)
          if error.errno != .invalid { throw explained }
          failure = failure ?? explained
          refused.append(write)
        }
      }
      if let failure, refused.count == waiting.count { throw failure }
      waiting = refused
    }
  }

  func write(_ write: CgroupWrite) throws(SystemCallError) {
    let folder = folders[write.folder]
    do {
      try ControlFile(folder, write.file).write(try text(write.value, in: folder))
    } catch {
      guard error.errno == .noSuchFile else { throw error }
      switch write.whenMissing {
      case .fail: throw error
      case .skip: break
      case .write(let file, let value): try ControlFile(folder, file).write(try text(value, in: folder))
      }
    }
  }

  /// A limit below what is in use and cannot be freed is EBUSY on v1; the words are those of runc.
  private func explained(_ error: SystemCallError, _ write: CgroupWrite) -> CgroupError {
    guard error.errno == .busy, write.file == "memory.limit_in_bytes", case .text(let limit) = write.value else {
      return .system(error, property: write.property)
    }
    do throws(SystemCallError) {
      let usage = try ControlFile(folders[write.folder], "memory.usage_in_bytes").read()
      let peak = try ControlFile(folders[write.folder], "memory.max_usage_in_bytes").read()
      return .property(
        write.property,
        problem: "unable to set memory limit to \(limit) (current usage: \(usage), peak usage: \(peak))")
    } catch {
      return .system(error, property: write.property)
    }
  }

  /// Values that depend on what is there.
  private func text(_ value: CgroupWrite.Value, in folder: HostPath) throws(SystemCallError) -> String {
    switch value {
    case .text(let text): return text
    case .keepingQuota(let period):
      let quota = try ControlFile(folder, "cpu.max").read().utf8.prefix { $0 != UInt8(ascii: " ") }
      return "\(String(Substring(quota))) \(period)"
    case .swapAside(let total):
      let limit = Int64(try ControlFile(folder, "memory.max").read())
      return String(max(0, total - (limit ?? 0)))
    }
  }
}
