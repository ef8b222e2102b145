public import Kernel

/// An operation on a container that failed: what, at which step, why, and what may mend it.
public struct OperationError: Error, Sendable, CustomStringConvertible {
  public enum Cause: Sendable, Equatable {
    case systemCall(SystemCallError)
    /// One or more properties; the first is told, the others are counted.
    case properties([PropertyError])
    case message(String)
  }

  /// The step of an init sequence at which the container's process failed.
  public struct Step: Sendable, Equatable {
    public let number: Int
    public let count: Int
    public let text: String
    public let property: String?
  }

  /// `create`, `start`, …
  public var operation: String
  public var container: String
  public var cause: Cause
  public var step: Step?
  public var hint: String?
  /// Where the kernel would not execute the program: runc's whole line for it, which its own init writes.
  public var executing: String?

  public init(
    _ operation: String, _ container: String, _ cause: Cause, step: Step? = nil, hint: String? = nil
  ) {
    self.operation = operation
    self.container = container
    self.cause = cause
    self.step = step
    self.hint = hint
  }

  /// The first line: everything that a caller may match.
  public var summary: String {
    var text = ""
    if !operation.isEmpty { text = container.isEmpty ? "\(operation): " : "\(operation) \(quoted(container)): " }
    switch cause {
    case .systemCall(let error):
      if let step {
        text += "\(step.text): \(error.errno.message) (\(error.errno.name))"
      } else {
        text += error.description
      }
    case .properties(let errors):
      text += errors.first?.description ?? "invalid configuration"
      if errors.count > 1 { text += " (and \(errors.count - 1) more: see apus validate)" }
    case .message(let message):
      text += message
    }
    return singleLine(text)
  }

  /// The indented lines for a terminal.
  public var details: [String] {
    var lines: [String] = []
    if let step {
      let property = step.property.map { ", config.json.\($0)" } ?? ""
      lines.append("step \(step.number) of \(step.count)\(property)")
    }
    if let hint { lines.append("hint: \(hint)") }
    return lines
  }

  public var description: String { summary }

  /// Everything on one line, for callers that capture and pass it on.
  public var oneLine: String {
    let details = details
    return details.isEmpty ? summary : "\(summary) [\(details.joined(separator: "; "))]"
  }
}

/// The text in double quotes, with what is no plain character escaped: ids and arguments are the caller's words, and a
/// line break in them must not forge a line of ours.
func quoted(_ text: String) -> String { "\"\(singleLine(text))\"" }

/// Control characters escaped as in Go's `%q`, those of ISO 8859 too: U+009B begins a sequence for a terminal as ESC [ does.
func singleLine(_ text: String) -> String {
  guard Defence.escapedText.isOn, text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }) else {
    return text
  }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7f {
        result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      } else if (0x80...0x9f).contains(scalar.value) {
        result += "\\u00" + String(scalar.value, radix: 16)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result
}
