import Kernel
import OCI

/// What can be said about a value without asking the kernel, so that it is said with the property's name before
/// anything is touched.
struct ResourceValidation {
  let resources: Spec.Resources
  let isV1: Bool
  let isUpdate: Bool

  func check(_ setting: ResourceSetting, _ property: String) throws(CgroupError) {
    if let problem = problem(setting) { throw .property(property, problem: problem) }
  }

  private func problem(_ setting: ResourceSetting) -> String? {
    switch (setting.resource, setting.value) {
    case (.cpus, .text(let list)), (.mems, .text(let list)): Self.listProblem(list)
    case (.memorySwap, .integer(let swap)): swapProblem(swap)
    case (.memoryLimit, .integer(let size)), (.memoryReservation, .integer(let size)),
      (.memoryKernelTCP, .integer(let size)):
      size < -1 ? "\(size) is neither a number of bytes nor -1 (no limit)" : nil
    case (.memorySwappiness, .unsigned(let value)): value > 100 ? "\(value) is not from 0 to 100" : nil
    case (.cpuShares, .unsigned(let shares)):
      // The kernel would silently take the nearest value.
      isV1 && !(2...262_144).contains(shares) ? "\(shares) is not from 2 to 262144" : nil
    case (.cpuIdle, .integer(let value)): (0...1).contains(value) ? nil : "\(value) is neither 0 nor 1"
    case (.cpuQuota, .integer(let quota)): quota < -1 ? "\(quota) is neither microseconds nor -1 (no limit)" : nil
    case (.blockIOWeight, .unsigned(let weight)), (.blockIOLeafWeight, .unsigned(let weight)):
      (10...1000).contains(weight) ? nil : "\(weight) is not from 10 to 1000"
    case (.blockIOWeightDevice, .keyed(let device, let weight)),
      (.blockIOLeafWeightDevice, .keyed(let device, let weight)):
      (10...1000).contains(weight) ? Self.deviceProblem(device) : "\(weight) is not from 10 to 1000"
    case (.blockIOReadBps, .keyed(let device, _)), (.blockIOWriteBps, .keyed(let device, _)),
      (.blockIOReadIOPS, .keyed(let device, _)), (.blockIOWriteIOPS, .keyed(let device, _)):
      Self.deviceProblem(device)
    case (.hugepageLimits, .keyed(let size, _)):
      Self.isPageSize(size) ? nil : "\"\(size)\" is no page size such as 64KB, 2MB or 1GB"
    case (.networkPriorities, .keyed(let name, _)):
      Self.isPlainName(name) && name.utf8.count < 16 ? nil : "\"\(name)\" is no name of a network interface"
    case (.rdma, .keyedText(let device, _)): Self.isPlainName(device) ? nil : "\"\(device)\" is no name of a device"
    case (.unified, .keyedText(let file, let value)): Self.unifiedProblem(file, value)
    default: nil
    }
  }

  private func swapProblem(_ swap: Int64) -> String? {
    if swap < -1 { return "\(swap) is neither a number of bytes nor -1 (no limit)" }
    let limit = resources.memory?.limit ?? 0
    if limit == 0, swap > 0, !isUpdate { return "a limit for memory and swap together needs memory.limit" }
    if limit > 0, swap > 0, swap < limit {
      return "\(swap) is less than memory.limit (\(limit)); it is the limit for memory and swap together"
    }
    return nil
  }

  /// cpuset(7), "List format", and what bitmap_parselist() of the kernel takes beside it (`0-31:2/8`, `N`, `all`).
  private static func listProblem(_ list: String) -> String? {
    let isList = list.utf8.allSatisfy { byte in
      (48...57).contains(byte) || "-,:/Nal \n".utf8.contains(byte)
    }
    return isList ? nil : "it is no list such as 0-3,7"
  }

  private static func deviceProblem(_ device: String) -> String? {
    device.utf8.contains(UInt8(ascii: "-")) ? "\(device) are no device numbers" : nil
  }

  /// `<number><K, M or G>B` (config-linux.md, "Huge page limits"). It becomes a part of a file's name.
  private static func isPageSize(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count > 2, bytes[bytes.count - 1] == UInt8(ascii: "B"), "KMG".utf8.contains(bytes[bytes.count - 2])
    else {
      return false
    }
    let digits = bytes.dropLast(2)
    return digits.first != UInt8(ascii: "0") && digits.allSatisfy { (48...57).contains($0) }
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }
  }

  /// Security case D12: a name of a file of a controller, and none of those by which the runtime itself works.
  private static func unifiedProblem(_ file: String, _ value: String) -> String? {
    guard Defence.unifiedKeys.isOn else { return nil }
    let parts = file.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let isName =
      parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
      && parts[0].allSatisfy { (97...122).contains($0) }
      && parts[1].allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 46
      }
    if !isName { return "it is no name of a file such as memory.high" }
    if reserved.contains(file) { return "the runtime itself works with this file" }
    return value.utf8.contains(0) ? "the value contains a NUL character" : nil
  }

  private static let reserved = [
    "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze", "cgroup.type", "cgroup.subtree_control",
  ]
}
