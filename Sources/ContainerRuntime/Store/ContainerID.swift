internal import Kernel

/// The name of a container: also the name of its folder, so it is checked before anything else in every command.
public struct ContainerID: Hashable, Sendable, CustomStringConvertible {
  public let string: String
  public var description: String { string }

  public init(_ string: String) throws(OperationError) {
    if Defence.idSyntax.isOn, let problem = ContainerID.problem(string) {
      throw OperationError("", "", .message("invalid container ID \(quoted(String(string.prefix(64)))): \(problem)"))
    }
    self.string = string
  }

  private static func problem(_ string: String) -> String? {
    if string.isEmpty { return "container ID cannot be empty" }
    if string == "." || string == ".." { return "it names a folder" }
    if string.utf8.count > 255 { return "it has \(string.utf8.count) bytes; at most 255" }
    let allowed = string.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    return allowed ? nil : "invalid container ID format; letters, digits and _ + - . only"
  }
}
