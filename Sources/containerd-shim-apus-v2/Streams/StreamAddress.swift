internal import Kernel

/// Where containerd wants a standard stream to go.
enum StreamAddress: Equatable {
  case none
  case fifo(HostPath)
  /// `file://`: appended to.
  case file(HostPath)
  /// `binary://`: a program that takes the output, and its arguments. With `binary-v2://` it says that it is ready.
  case program(HostPath, [String], saysReady: Bool)

  init(_ text: String) throws(StreamProblem) {
    if text.isEmpty {
      self = .none
      return
    }
    let bytes = text.utf8
    guard let colon = StreamAddress.schemeEnd(text) else {
      self = .fifo(try StreamAddress.path(text))
      return
    }
    let scheme = String(text[..<colon])
    let rest = String(text[bytes.index(colon, offsetBy: 3)...])
    switch scheme {
    case "fifo": self = .fifo(try StreamAddress.path(rest))
    case "file": self = .file(try StreamAddress.path(rest))
    case "binary", "binary-v2":
      let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      let query = parts.count > 1 ? String(parts[1]) : ""
      self = .program(
        try StreamAddress.path(StreamAddress.decoded(parts[0])), StreamAddress.arguments(query),
        saysReady: scheme == "binary-v2")
    default: throw StreamProblem(text: "unknown STDIO scheme \(scheme)")
    }
  }

  private static func schemeEnd(_ text: String) -> String.Index? {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    return text.utf8[colon...].starts(with: "://".utf8) ? colon : nil
  }

  private static func path(_ text: String) throws(StreamProblem) -> HostPath {
    if text.utf8.first != UInt8(ascii: "/") {
      throw StreamProblem(text: "the stream's path \"\(text)\" is not absolute")
    }
    do { return try HostPath(text) } catch { throw StreamProblem(text: "the stream's path \"\(text)\": \(error)") }
  }

  /// `k=v&k2=v2` in the order of the text, each as two words, and of a key that is there twice the first.
  private static func arguments(_ query: String) -> [String] {
    var arguments: [String] = []
    var keys: Set<String> = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = decoded(parts[0])
      if keys.insert(key).inserted { arguments += [key, parts.count > 1 ? decoded(parts[1]) : ""] }
    }
    return arguments
  }

  /// RFC 3986, section 2.1; a plus sign is a blank, as forms write it.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count > 1,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest.removeFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a standard stream cannot be had.
struct StreamProblem: Error, Equatable {
  let text: String
}
