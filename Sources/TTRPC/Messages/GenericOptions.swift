internal import Protobuf

/// containerd.runtimeoptions.v1.Options: what containerd's plugin for Kubernetes, from 1.7 on, makes of the options of
/// a runtime whose type is not runc's: their TOML as it stands, in the names that they have in its configuration.
struct GenericOptions: ProtobufMessage {
  static let typeURL = "runtimeoptions.v1.Options"

  private var type = ""
  private var path = ""
  private var body: [UInt8] = []

  mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &type)
    try visitor.string(2, &path)
    try visitor.data(3, &body)
  }

  /// Unknown names are passed over, as containerd does; a known one with a value of another type is an error. A table
  /// has none of the names.
  func read(into options: inout RuntimeOptions) throws(ProtobufError) {
    for line in String(decoding: body, as: UTF8.self).split(whereSeparator: { $0.isNewline }) {
      if GenericOptions.trimmed(line).hasPrefix("[") { return }
      guard let sign = line.firstIndex(of: "=") else { continue }
      let value = GenericOptions.trimmed(line[line.index(after: sign)...])
      switch GenericOptions.trimmed(line[..<sign]) {
      case "NoPivotRoot": options.noPivotRoot = try GenericOptions.flag(value)
      case "NoNewKeyring": options.noNewKeyring = try GenericOptions.flag(value)
      case "ShimCgroup": options.shimCgroup = try GenericOptions.text(value)
      case "IoUid": options.ioUser = try GenericOptions.number(value)
      case "IoGid": options.ioGroup = try GenericOptions.number(value)
      case "Root": options.root = try GenericOptions.text(value)
      case "SystemdCgroup": options.systemdCgroup = try GenericOptions.flag(value)
      case "CriuImagePath": options.criuImagePath = try GenericOptions.text(value)
      case "CriuWorkPath": options.criuWorkPath = try GenericOptions.text(value)
      default: break
      }
    }
  }

  private static let wrong = ProtobufError.wrongType(field: 3)

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...last]
  }

  private static func flag(_ value: Substring) throws(ProtobufError) -> Bool {
    switch value {
    case "true": return true
    case "false": return false
    default: throw wrong
    }
  }

  private static func number(_ value: Substring) throws(ProtobufError) -> UInt32 {
    guard let number = UInt32(value) else { throw wrong }
    return number
  }

  /// In quotes of either kind; containerd writes a path without escapes.
  private static func text(_ value: Substring) throws(ProtobufError) -> String {
    guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
      throw wrong
    }
    let text = value.dropFirst().dropLast()
    guard !text.contains("\\"), !text.contains(quote) else { throw wrong }
    return String(text)
  }
}
