internal import ContainerRuntime
internal import Kernel

/// The command line of a shim, in the style of Go's flag package: one or two dashes, the value in the next word or after
/// an equals sign, flags before the action.
struct ShimArguments: Equatable {
  enum Action { case serve, start, delete, information, version }

  var program = "containerd-shim-apus-v2"
  var action = Action.serve
  var namespace = ""
  var id = ""
  /// containerd's socket.
  var address = ""
  var bundle = ""
  /// Where the server listens, as `start` tells it.
  var socket = ""
  var isDebug = false

  init(_ words: [String]) throws(OperationError) {
    if let program = words.first { self.program = program }
    var rest = words.dropFirst()
    while let word = rest.first, word.hasPrefix("-"), word != "-" {
      rest.removeFirst()
      if word == "--" { break }
      try read(word, &rest)
    }
    switch rest.first {
    case nil: break
    case "start": action = .start
    case "delete": action = .delete
    case .some(let other): throw ShimArguments.refusal("unknown action \"\(other)\": start, delete, or none to serve")
    }
  }

  private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(OperationError) {
    let text = word.hasPrefix("--") ? word.dropFirst(2) : word.dropFirst()
    let name: Substring
    var value: String?
    if let equals = text.firstIndex(of: "=") {
      name = text[..<equals]
      value = String(text[text.index(after: equals)...])
    } else {
      name = text
    }
    switch name {
    case "debug": isDebug = value != "false"
    case "info": action = .information
    case "v", "version": action = .version
    default:
      guard let argument = value ?? rest.popFirst() else {
        throw ShimArguments.refusal("flag needs an argument: -\(name)")
      }
      try set(name, argument)
    }
  }

  private mutating func set(_ name: Substring, _ value: String) throws(OperationError) {
    switch name {
    case "namespace": namespace = value
    case "id": id = value
    case "address": address = value
    case "bundle": bundle = value
    case "socket": socket = value
    // For shims that call containerd's program, and for Go's profiler.
    case "publish-binary", "debug-socket": break
    default: throw ShimArguments.refusal("flag provided but not defined: -\(name)")
    }
  }

  private static func refusal(_ text: String) -> OperationError { OperationError("", "", .message(text)) }
}
