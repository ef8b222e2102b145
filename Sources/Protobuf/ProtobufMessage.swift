/// A message that names each of its fields once, for both directions: `fields` is its table.
public protocol ProtobufMessage: ProtobufReadable, ProtobufWritable {
  /// Shows every field, in the order of the numbers, to what reads or writes them. A message whose fields lie in another
  /// one's shows itself to the same visitor.
  mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure)
}

/// What goes through the fields of a message: `ProtobufWriter`, which appends their values, or a reader with one value
/// from the wire, which it puts into the field of its number.
public protocol ProtobufVisitor {
  /// Never, for one that cannot fail.
  associatedtype Failure: Error

  mutating func unsigned(_ number: Int, _ value: inout UInt32) throws(Failure)
  mutating func unsigned(_ number: Int, _ value: inout UInt64) throws(Failure)
  mutating func signed(_ number: Int, _ value: inout Int64) throws(Failure)
  mutating func bool(_ number: Int, _ value: inout Bool) throws(Failure)
  mutating func string(_ number: Int, _ value: inout String) throws(Failure)
  mutating func string(_ number: Int, _ values: inout [String]) throws(Failure)
  mutating func data(_ number: Int, _ value: inout [UInt8]) throws(Failure)
  mutating func message(_ number: Int, _ value: inout (some ProtobufMessage)?) throws(Failure)
  mutating func messages(_ number: Int, _ values: inout [some ProtobufMessage]) throws(Failure)
}

extension ProtobufMessage {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    var reading = FieldReading(field: field)
    try fields(&reading)
  }

  public func write(to writer: inout ProtobufWriter) {
    var message = self
    message.fields(&writer)
  }
}

/// One value on its way into its field.
private struct FieldReading: ProtobufVisitor {
  let field: ProtobufField

  mutating func unsigned(_ number: Int, _ value: inout UInt32) throws(ProtobufError) {
    if number == field.number { value = try field.unsigned32 }
  }

  mutating func unsigned(_ number: Int, _ value: inout UInt64) throws(ProtobufError) {
    if number == field.number { value = try field.unsigned }
  }

  mutating func signed(_ number: Int, _ value: inout Int64) throws(ProtobufError) {
    if number == field.number { value = try field.signed }
  }

  mutating func bool(_ number: Int, _ value: inout Bool) throws(ProtobufError) {
    if number == field.number { value = try field.bool }
  }

  mutating func string(_ number: Int, _ value: inout String) throws(ProtobufError) {
    if number == field.number { value = try field.string }
  }

  mutating func string(_ number: Int, _ values: inout [String]) throws(ProtobufError) {
    if number == field.number { values.append(try field.string) }
  }

  mutating func data(_ number: Int, _ value: inout [UInt8]) throws(ProtobufError) {
    if number == field.number { value = Array(try field.bytes) }
  }

  mutating func message<Message: ProtobufMessage>(_ number: Int, _ value: inout Message?) throws(ProtobufError) {
    if number == field.number { value = try field.message(Message.self) }
  }

  mutating func messages<Message: ProtobufMessage>(_ number: Int, _ values: inout [Message]) throws(ProtobufError) {
    if number == field.number { values.append(try field.message(Message.self)) }
  }
}

extension ProtobufWriter: ProtobufVisitor {
  public typealias Failure = Never

  public mutating func unsigned(_ number: Int, _ value: inout UInt32) { unsigned(number, value) }
  public mutating func unsigned(_ number: Int, _ value: inout UInt64) { unsigned(number, value) }
  public mutating func signed(_ number: Int, _ value: inout Int64) { signed(number, value) }
  public mutating func bool(_ number: Int, _ value: inout Bool) { bool(number, value) }
  public mutating func string(_ number: Int, _ value: inout String) { string(number, value) }
  public mutating func string(_ number: Int, _ values: inout [String]) { string(number, values) }
  public mutating func data(_ number: Int, _ value: inout [UInt8]) { data(number, value) }
  public mutating func message(_ number: Int, _ value: inout (some ProtobufMessage)?) { message(number, value) }
  public mutating func messages(_ number: Int, _ values: inout [some ProtobufMessage]) { messages(number, values) }
}
