internal import CLinux

/// The memory in which the program's own instructions are.
public struct ProgramText: Sendable {
  private let start: UInt64
  private let size: UInt64

  /// nil when it cannot be found, or was written to: then it is no plain copy of the file.
  public init?() {
    let lines: [String]
    do throws(SystemCallError) {
      let table = try HostPath(constant: "/proc/self/maps").read(expected: 16384)
      lines = String(decoding: table, as: UTF8.self).split(separator: "\n").map(String.init)
    } catch {
      return nil
    }
    // Of a static program one mapping may be executed that is a file's: address range, rights, offset, device, inode.
    for line in lines {
      let fields = line.split(separator: " ")
      guard fields.count > 5, fields[1] == "r-xp", fields[4] != "0" else { continue }
      let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      guard ends.count == 2, ends[0] < ends[1] else { continue }
      start = ends[0]
      size = ends[1] - ends[0]
      return
    }
    return nil
  }

  /// Takes the instructions out of this process's memory; the kernel maps those that are used again from its cache of the
  /// file (madvise(2), MADV_DONTNEED). For a process that will wait for long.
  public func release() { _ = cl_madvise(start, size, 4) }

  /// Lets the kernel map less than the two megabytes that Linux 6.18 maps for one instruction, when they lie together in
  /// its cache: never more than one of the parts that have other flags than their neighbours (MADV_RANDOM, of which only
  /// the reading of the file depends).
  public func divide() {
    var offset: UInt64 = 0
    while offset < size {
      _ = cl_madvise(start + offset, min(ProgramText.part, size - offset), 1)
      offset += 2 * ProgramText.part
    }
  }

  /// Bytes.
  private static let part: UInt64 = 128 << 10
}
