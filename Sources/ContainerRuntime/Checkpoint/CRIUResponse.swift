internal import Protobuf

/// What CRIU answers (criu_resp in its images/rpc.proto). It is another program's word: whoever acts on it checks it.
struct CRIUResponse: Equatable, Sendable, ProtobufReadable {
  /// As it came; nil for a kind of answer that nothing here asks for.
  var kind: CRIURequestKind?
  var isSuccess = false
  var notification: CRIUNotification?
  var errno: Int64 = 0
  var features: CRIUFeatures?
  var version: CRIUVersion?

  mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: kind = CRIURequestKind(rawValue: try field.signed)
    case 2: isSuccess = try field.bool
    case 5: notification = try field.message()
    case 7: errno = try field.signed
    case 8: features = try field.message()
    case 10: version = try field.message()
    default: break
    }
  }
}

/// A place in CRIU's work at which it waits for this process (criu_notify).
struct CRIUNotification: Equatable, Sendable, ProtobufReadable {
  /// The name of the place; CRIU speaks of scripts.
  var place = ""
  var process: Int32 = 0

  mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: place = try field.string
    case 2: process = Int32(truncatingIfNeeded: try field.signed)
    default: break
    }
  }
}

/// The version of the CRIU that is installed (criu_version).
struct CRIUVersion: Equatable, Sendable, ProtobufReadable {
  var major: UInt32 = 0
  var minor: UInt32 = 0
  var sublevel: UInt32 = 0
  /// A build from a state between two releases.
  var isUnreleased = false

  mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: major = try field.unsigned32
    case 2: minor = try field.unsigned32
    case 3: isUnreleased = try !field.bytes.isEmpty
    case 4: sublevel = try field.unsigned32
    default: break
    }
  }

  /// 31700 for 3.17. What comes after a release has what the next one will have (as go-criu counts).
  var number: Int {
    let base = Int(major) * 10000 + Int(minor) * 100
    return isUnreleased ? base + 100 : base + Int(sublevel)
  }
}
