import Kernel

/// Reads the files with numbers of one folder.
struct StatisticsReader {
  private let folder: HostPath

  init(_ folder: HostPath) { self.folder = folder }

  /// Nil when the file or the folder is not there, or the kernel has switched what it would say off.
  func lines(_ file: String) throws(CgroupError) -> [Line]? {
    do {
      let bytes = try folder.appending(file).read(limit: 16 << 20)
      return bytes.split(separator: UInt8(ascii: "\n")).map { Line($0) }
    } catch {
      if isGone(error.errno) || error.errno == .notSupported { return nil }
      throw .system(error, property: nil)
    }
  }

  /// The number in a file that holds one. `max` is the greatest that there is.
  func number(_ file: String) throws(CgroupError) -> UInt64? {
    guard let line = try lines(file)?.first else { return nil }
    if line.words == ["max"] { return .max }
    return try line.number(0, in: folder.appending(file))
  }

  func signed(_ file: String) throws(CgroupError) -> Int64? {
    try lines(file)?.first?.words.first.flatMap { Int64($0) }
  }

  /// A file of `key number` lines.
  func table(_ file: String) throws(CgroupError) -> [String: UInt64]? {
    guard let lines = try lines(file) else { return nil }
    var table: [String: UInt64] = [:]
    for line in lines where line.words.count > 1 {
      table[line.words[0]] = try line.number(1, in: folder.appending(file))
    }
    return table
  }

  func path(_ file: String) -> HostPath { folder.appending(file) }

  /// A line of words, which are parted by blanks.
  struct Line {
    let words: [String]

    init(_ bytes: ArraySlice<UInt8>) {
      words = bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }

    func number(_ index: Int, in path: HostPath) throws(CgroupError) -> UInt64 {
      if index < words.count, let number = UInt64(words[index]) { return number }
      throw .malformed(path: path.string, problem: "\"\(words.joined(separator: " "))\" has no number \(index + 1)")
    }
  }

  /// The sizes that the host has, as cgroups write them: `64KB`, `2MB`, `1GB`.
  static func hugePageSizes() throws(CgroupError) -> [String] {
    let names: [String]
    do throws(SystemCallError) {
      names = try Descriptor.open(HostPath(constant: "/sys/kernel/mm/hugepages"), [.readOnly, .directory]).entries()
    } catch {
      if isGone(error.errno) { return [] }
      throw .system(error, property: nil)
    }
    return names.compactMap { hugePageSize(folder: $0) }.sorted()
  }

  /// `hugepages-2048kB` is `2MB`.
  static func hugePageSize(folder: String) -> String? {
    let name = Array(folder.utf8)
    guard name.starts(with: "hugepages-".utf8), name.suffix(2).elementsEqual("kB".utf8),
      let size = UInt64(String(decoding: name.dropFirst(10).dropLast(2), as: UTF8.self)), size > 0
    else { return nil }
    if size % (1 << 20) == 0 { return "\(size >> 20)GB" }
    if size % (1 << 10) == 0 { return "\(size >> 10)MB" }
    return "\(size)KB"
  }

  /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`
  func pressure(_ file: String) throws(CgroupError) -> CgroupStatistics.Pressure? {
    guard let lines = try lines(file), !lines.isEmpty else { return nil }
    var pressure = CgroupStatistics.Pressure()
    for line in lines {
      var share = CgroupStatistics.Pressure.Share()
      for word in line.words.dropFirst() {
        let parts = word.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(Substring($0)) }
        guard parts.count == 2 else { continue }
        switch parts[0] {
        case "avg10": share.average10 = percentage(parts[1])
        case "avg60": share.average60 = percentage(parts[1])
        case "avg300": share.average300 = percentage(parts[1])
        case "total": share.total = UInt64(parts[1]) ?? 0
        default: continue
        }
      }
      if line.words.first == "some" { pressure.some = share }
      if line.words.first == "full" { pressure.full = share }
    }
    return pressure
  }

  /// JSON has neither infinity nor "no number".
  private func percentage(_ text: String) -> Double {
    guard let value = Double(text), value.isFinite else { return 0 }
    return value
  }

  /// The pids controller, alike in both generations; without it the processes are counted.
  func read(_ tasks: inout CgroupStatistics.Tasks) throws(CgroupError) {
    if let current = try number("pids.current") {
      tasks.current = current
      let limit = try number("pids.max") ?? 0
      tasks.limit = limit == .max ? 0 : limit
    } else {
      tasks.current = UInt64(try lines("cgroup.procs")?.count ?? 0)
    }
  }
}
