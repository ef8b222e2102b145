internal import Kernel

/// What the container's process sends to the runtime. The runtime reads it as hostile input: a fixed head, bounded text.
enum InitMessage: Equatable {
  case networkDevicesDue
  /// Beside it comes a detached mount that shall have the id map of a source of the sequence: its number.
  case idMapDue(source: Int)
  case runtimeHooksDue
  case ready
  /// The filter is loaded; the shared word has the number of its notification descriptor.
  case listenerDue
  /// The last word, just before the program takes this process's place.
  case executing
  /// Beside it comes the master of the process's terminal.
  case terminalOpened
  case failed(step: Int, SystemCallError)

  static let most = 1024

  var bytes: [UInt8] {
    switch self {
    case .networkDevicesDue: [UInt8(ascii: "N")]
    case .idMapDue(let source): [UInt8(ascii: "M")] + InitMessage.bytes(UInt32(source))
    case .runtimeHooksDue: [UInt8(ascii: "H")]
    case .ready: [UInt8(ascii: "R")]
    case .listenerDue: [UInt8(ascii: "L")]
    case .executing: [UInt8(ascii: "X")]
    case .terminalOpened: [UInt8(ascii: "T")]
    case .failed(let step, let failure):
      InitMessage.head(step, failure) + Array(InitMessage.text(failure).utf8.prefix(InitMessage.most - 16))
    }
  }

  /// nil for anything that is no message of ours.
  init?(_ bytes: [UInt8], stepCount: Int) {
    switch bytes.first {
    case UInt8(ascii: "N") where bytes.count == 1: self = .networkDevicesDue
    case UInt8(ascii: "M") where bytes.count == 5: self = .idMapDue(source: Int(InitMessage.number(bytes[1..<5])))
    case UInt8(ascii: "H") where bytes.count == 1: self = .runtimeHooksDue
    case UInt8(ascii: "R") where bytes.count == 1: self = .ready
    case UInt8(ascii: "L") where bytes.count == 1: self = .listenerDue
    case UInt8(ascii: "X") where bytes.count == 1: self = .executing
    case UInt8(ascii: "T") where bytes.count == 1: self = .terminalOpened
    case UInt8(ascii: "F") where bytes.count >= 9 && bytes.count <= InitMessage.most:
      let step = InitMessage.number(bytes[1..<5])
      let errno = InitMessage.number(bytes[5..<9])
      guard step < UInt32(stepCount), errno < 4096 else { return nil }
      let text = bytes[9...].split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        .map { singleLine(String(decoding: $0, as: UTF8.self)) }
      self = .failed(
        step: Int(step), SystemCallError(text[0], text.count > 1 ? text[1] : "", Errno(rawValue: Int32(errno))))
    default: return nil
    }
  }

  private static func head(_ step: Int, _ failure: SystemCallError) -> [UInt8] {
    [UInt8(ascii: "F")] + bytes(UInt32(step)) + bytes(UInt32(bitPattern: failure.errno.rawValue))
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    stride(from: UInt32(0), to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func text(_ failure: SystemCallError) -> String {
    failure.subject.isEmpty ? failure.call : "\(failure.call)\0\(failure.subject)"
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
