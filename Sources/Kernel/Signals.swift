internal import CLinux

/// A set of signals; bit N-1 stands for signal N.
public struct SignalSet: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ signals: Int32...) { rawValue = signals.reduce(0) { $0 | 1 << UInt64($1 - 1) } }
  public static let all = SignalSet(rawValue: .max)
  public static let none = SignalSet([])
}

public enum Signals {
  /// Replaces the mask of blocked signals.
  /// - Returns: the mask before.
  @discardableResult
  public static func block(_ set: SignalSet) throws(SystemCallError) -> SignalSet {
    var (raw, old) = (set.rawValue, UInt64(0))
    try unsafe cl_sigprocmask(2 /* SIG_SETMASK */, &raw, &old).check("sigprocmask")
    return SignalSet(rawValue: old)
  }

  /// Gives every signal its default disposition, as a program expects that was started by a clean parent.
  public static func resetDispositions() {
    for signal in Int32(1)...64 where signal != 9 && signal != 19 { _ = cl_signal_default(signal) }
  }

  /// Gives one signal its default disposition.
  public static func reset(_ signal: Int32) { _ = cl_signal_default(signal) }

  public static func ignore(_ signal: Int32) { _ = cl_signal_ignore(signal) }

  public static let names: [(name: StaticString, number: Int32)] = [
    ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("IOT", 6),
    ("BUS", 7), ("FPE", 8),
    ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14), ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17), ("CLD", 17), ("CONT", 18), ("STOP", 19), ("TSTP", 20), ("TTIN", 21), ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24), ("XFSZ", 25), ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29),
    ("POLL", 29), ("PWR", 30),
    ("SYS", 31),
  ]

  /// A signal by number (0, which only asks, to 64), name (`KILL`, `SIGKILL`, any case), or `RTMIN+N`, `RTMAX-N` (signal(7)); nil when it
  /// is none.
  public static func number(_ text: String) -> Int32? {
    if let number = Int32(text) {
      return (0...64).contains(number) && text.utf8.first != UInt8(ascii: "+") ? number : nil
    }
    var name = text.uppercased()
    if name.hasPrefix("SIG") { name.removeFirst(3) }
    for known in names where known.name.description == name { return known.number }
    return realTime(name, "RTMIN", 34, "+") ?? realTime(name, "RTMAX", 64, "-")
  }

  /// What a signal that ended a process is called (strsignal(3), in lower case), or its number.
  public static func text(_ signal: Int32) -> String {
    switch signal {
    case 1: "hangup"
    case 2: "interrupt"
    case 4: "illegal instruction"
    case 6: "aborted"
    case 7: "bus error"
    case 8: "floating point exception"
    case 9: "killed"
    case 11: "segmentation fault"
    case 13: "broken pipe"
    case 15: "terminated"
    case 31: "bad system call"
    default: "signal \(signal)"
    }
  }

  private static func realTime(_ name: String, _ base: String, _ number: Int32, _ sign: Character)
    -> Int32?
  {
    guard name.hasPrefix(base) else { return nil }
    let rest = name.dropFirst(base.count)
    if rest.isEmpty { return number }
    guard rest.first == sign, let offset = Int32(rest.dropFirst()), (0...30).contains(offset) else {
      return nil
    }
    return sign == "+" ? number + offset : number - offset
  }
}

extension Descriptor {
  /// A descriptor that reads blocked signals (signalfd(2)).
  public static func signals(_ set: SignalSet) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try cl_signalfd(set.rawValue, 0o2004000).checked("signalfd"))
  }

  /// With a signalfd: the next pending signal; nil when there is none.
  public borrowing func nextSignal() throws(SystemCallError) -> Int32? {
    do {
      let bytes = try read(most: 128)
      return bytes.count < 4
        ? nil : bytes[0..<4].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
    } catch {
      if error.errno == .again { return nil }
      throw error
    }
  }
}

/// What to wait for on a descriptor (poll(2)).
public struct PollEvents: OptionSet, Sendable {
  public let rawValue: Int16
  public init(rawValue: Int16) { self.rawValue = rawValue }
  public static let readable = PollEvents(rawValue: 1)
  public static let priority = PollEvents(rawValue: 2)
  public static let writable = PollEvents(rawValue: 4)
  public static let error = PollEvents(rawValue: 8)
  public static let hangUp = PollEvents(rawValue: 16)
}

/// Waits until something happens on one of the descriptors, by number; negative numbers are passed over.
/// - Parameter timeout: milliseconds; nil waits without end.
/// - Returns: the events of each; all empty after the time.
public func poll(_ descriptors: [(number: Int32, events: PollEvents)], timeout: Int32?)
  throws(SystemCallError) -> [PollEvents]
{
  var raw = descriptors.map { cl_poll(fd: $0.number, events: $0.events.rawValue, revents: 0) }
  let result = unsafe raw.withUnsafeMutableBufferPointer { buffer in
    unsafe cl_poll(buffer.baseAddress, buffer.count, timeout ?? -1)
  }
  if let failure = result.failure, failure != .interrupted {
    throw SystemCallError("poll", "", failure)
  }
  return raw.map { PollEvents(rawValue: $0.revents) }
}
