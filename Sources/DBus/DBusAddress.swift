public import Kernel

/// Where a bus or a peer listens (D-Bus specification, "Server Addresses"): Unix sockets, by path or by abstract name.
public enum DBusAddress: Equatable, Sendable, CustomStringConvertible {
  case path(HostPath)
  case abstract(String)

  /// The addresses of a list that are of a kind known here, in their order. `unix:path=/a,guid=…;unix:abstract=b`
  public static func parse(_ list: String) -> [DBusAddress] {
    list.utf8.split(separator: UInt8(ascii: ";")).compactMap { address in
      guard let colon = address.firstIndex(of: UInt8(ascii: ":")), address[..<colon].elementsEqual("unix".utf8) else {
        return nil
      }
      for pair in address[address.index(after: colon)...].split(separator: UInt8(ascii: ",")) {
        guard let equal = pair.firstIndex(of: UInt8(ascii: "=")),
          let value = unescaped(Array(pair[pair.index(after: equal)...]))
        else { return nil }
        if pair[..<equal].elementsEqual("abstract".utf8) { return value.isEmpty ? nil : .abstract(value) }
        if pair[..<equal].elementsEqual("path".utf8) {
          do throws(PathProblem) { return .path(try HostPath(value)) } catch { return nil }
        }
      }
      return nil
    }
  }

  /// `%2f` stands for a byte.
  private static func unescaped(_ bytes: [UInt8]) -> String? {
    var (result, index) = ([UInt8](), 0)
    while index < bytes.count {
      if bytes[index] != UInt8(ascii: "%") {
        result.append(bytes[index])
        index += 1
        continue
      }
      guard index + 2 < bytes.count,
        let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      else { return nil }
      result.append(byte)
      index += 3
    }
    return String(decoding: result, as: UTF8.self)
  }

  public var description: String {
    switch self {
    case .path(let path): path.string
    case .abstract(let name): "@" + name
    }
  }
}
