public import Kernel

/// Tells when the container runs out of memory, and when its cgroup has ended.
///
/// A caller polls `waitsFor`, then reads. On v1 the kernel raises a counter (Documentation/admin-guide/cgroup-v1/
/// memory.rst, "OOM Control"); in a cgroup v2 tree it says that `memory.events` has changed.
public struct MemoryEvents: ~Copyable, Sendable {
  public struct Reading: Equatable, Sendable {
    /// Whether memory ran out since the last reading.
    public var outOfMemory = false
    /// The cgroup is gone, or nobody is in it any more: nothing will follow.
    public var ended = false

    public init(outOfMemory: Bool = false, ended: Bool = false) {
      self.outOfMemory = outOfMemory
      self.ended = ended
    }
  }

  private enum Source {
    case v1(control: HostPath)
    case v2
  }
  private let source: Source
  /// v1: the counter. v2: memory.events.
  private let events: Descriptor
  /// v1: the file whose events are counted. v2: cgroup.events.
  private let other: Descriptor
  private var kills: UInt64

  private init(_ source: Source, _ events: consuming Descriptor, _ other: consuming Descriptor) {
    self.source = source
    self.events = events
    self.other = other
    kills = 0
  }

  static func listen(to cgroup: Cgroup) throws(CgroupError) -> MemoryEvents {
    do throws(SystemCallError) {
      if let folder = cgroup.folder(of: "memory") {
        let control = folder.file("memory.oom_control").path
        let counter = try Descriptor.eventCounter()
        let file = try Descriptor.open(control, .readOnly)
        try folder.file("cgroup.event_control").write("\(counter.number) \(file.number)")
        return MemoryEvents(.v1(control: control), counter, file)
      }
      if let folder = cgroup.unified {
        let events = try openEvents(of: folder)
        let other = try Descriptor.open(folder.file("cgroup.events").path, .readOnly)
        var listener = MemoryEvents(.v2, events, other)
        // What has happened before is not told; poll(2) waits for what comes after a first reading.
        _ = try listener.readSources()
        return listener
      }
    } catch {
      throw .system(error, property: nil)
    }
    throw .noHierarchies("the controller \"memory\" is not there, which tells when memory runs out")
  }

  /// Without a memory controller memory cannot run out; the end of the cgroup is told all the same.
  private static func openEvents(of folder: Cgroup.Folder) throws(SystemCallError) -> Descriptor {
    do throws(SystemCallError) {
      return try Descriptor.open(folder.file("memory.events").path, .readOnly)
    } catch {
      if error.errno != .noSuchFile { throw error }
      return try Descriptor.open(folder.file("cgroup.events").path, .readOnly)
    }
  }

  /// What to wait for.
  public var waitsFor: [(number: Int32, events: PollEvents)] {
    switch source {
    case .v1: [(events.number, .readable)]
    case .v2: [(events.number, .priority), (other.number, .priority)]
    }
  }

  /// What has happened; never waits.
  public mutating func read() throws(CgroupError) -> Reading {
    do {
      return try readSources()
    } catch {
      if isGone(error.errno) { return Reading(ended: true) }
      throw .system(error, property: nil)
    }
  }

  private mutating func readSources() throws(SystemCallError) -> Reading {
    switch source {
    case .v1(let control):
      var reading = Reading()
      do {
        reading.outOfMemory = try !events.read(most: 8).isEmpty
      } catch {
        if error.errno == .again { return reading }
        throw error
      }
      // The end of the cgroup raises the counter too: then this fails.
      _ = try control.status()
      return reading
    case .v2:
      let before = kills
      kills = try events.value(ofKey: "oom_kill") ?? 0
      return Reading(outOfMemory: kills > before, ended: try other.value(ofKey: "populated") == 0)
    }
  }
}

extension Descriptor {
  /// The number after a key in a file of `key number` lines, read anew.
  fileprivate borrowing func value(ofKey key: String) throws(SystemCallError) -> UInt64? {
    try rewind()
    return keyedValue(key, in: try readAll(limit: 65536))
  }
}

extension Cgroup {
  /// Starts to listen.
  public func memoryEvents() throws(CgroupError) -> MemoryEvents { try MemoryEvents.listen(to: self) }

  /// How often the kernel has ended a process of the cgroup because memory ran out; nil without a memory controller.
  /// With a limit that is too small for the start, this tells why the first process is gone.
  public func outOfMemoryKills() throws(CgroupError) -> UInt64? {
    let file = folder(of: "memory")?.file("memory.oom_control") ?? unified?.file("memory.events")
    guard let file else { return nil }
    do {
      return try file.value(ofKey: "oom_kill")
    } catch {
      if isGone(error.errno) { return nil }
      throw .system(error, property: nil)
    }
  }

  /// The most memory that was in use at once, in bytes; nil where the kernel does not say.
  public func memoryPeak() throws(CgroupError) -> UInt64? {
    let file = folder(of: "memory")?.file("memory.max_usage_in_bytes") ?? unified?.file("memory.peak")
    guard let file else { return nil }
    do {
      return UInt64(try file.read())
    } catch {
      if isGone(error.errno) { return nil }
      throw .system(error, property: nil)
    }
  }
}
