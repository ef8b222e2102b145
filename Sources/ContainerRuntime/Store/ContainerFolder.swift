package import Kernel
internal import JSON

/// The state folder of one container, open: `state.json` (the record), `config.json` (the configuration as it was at
/// create) and the FIFOs for start. The lock on the folder itself leaves no file behind.
package struct ContainerFolder: ~Copyable {
  package let id: ContainerID
  package let descriptor: Descriptor
  let owner: UInt32
  private let store: StoreFolder

  init(id: ContainerID, descriptor: consuming Descriptor, owner: UInt32, store: StoreFolder) {
    self.id = id
    self.descriptor = descriptor
    self.owner = owner
    self.store = store
  }

  /// Takes the lock at once; false when the folder was removed meanwhile.
  /// - Throws: EAGAIN when another caller holds it.
  package borrowing func lock() throws(SystemCallError) -> Bool {
    try descriptor.lock(.exclusive, wait: false)
    return try descriptor.status().links > 0
  }

  /// What is written down. nil when nothing is yet.
  package borrowing func record() throws(RecordProblem) -> Record? {
    let bytes: [UInt8]?
    do throws(SystemCallError) {
      let file = try descriptor.open("state.json", [.readOnly, .noFollow, .nonBlocking])
      let status = try file.status()
      bytes =
        status.kind == .regular
        ? try file.readAll(limit: 1 << 24, expected: Int(clamping: status.size), inOnePiece: true) : nil
    } catch {
      if error.errno == .noSuchFile { return nil }
      throw .unreadable(error.errno.message)
    }
    guard let bytes else { throw .unreadable("it is no regular file") }
    let record: Record
    do { record = try Record(json: bytes, named: "state.json") } catch { throw .unreadable(error.description) }
    if record.id != id.string { throw .unreadable("it belongs to another container") }
    return record
  }

  /// Writes the record whole or not at all: a reader never sees half of one.
  package borrowing func write(_ record: Record) throws(SystemCallError) {
    try write(record.json(), "state.json")
  }

  /// The configuration as it was at create; later changes of the bundle have no effect (runtime.md, “Lifecycle”).
  package borrowing func write(configuration: [UInt8]) throws(SystemCallError) {
    // The environment in it may hold secrets (security case E21).
    let mode: UInt32 = Defence.privateState.isOn ? 0o600 : 0o644
    let file = try descriptor.open("config.json", [.writeOnly, .create, .exclusive, .noFollow], mode: mode)
    try file.write(configuration)
  }

  package borrowing func configuration() throws(SystemCallError) -> [UInt8] {
    try descriptor.open("config.json", [.readOnly, .noFollow, .nonBlocking]).readAll(
      limit: 16 << 20, expected: 65536, inOnePiece: true)
  }

  /// Writes another configuration beside the one in force; `acceptPreparedConfiguration` puts it in its place.
  package borrowing func prepare(configuration: [UInt8]) throws(SystemCallError) {
    do {
      let file = try descriptor.open(
        "config.json.new", [.writeOnly, .create, .truncate, .noFollow], mode: 0o600)
      try file.write(configuration)
    } catch {
      dropPreparedConfiguration()
      throw SystemCallError("write", "\(id)/config.json", error.errno)
    }
  }

  package borrowing func acceptPreparedConfiguration() throws(SystemCallError) {
    try descriptor.rename("config.json.new", to: "config.json")
  }

  package borrowing func dropPreparedConfiguration() {
    do throws(SystemCallError) { try descriptor.removeFile("config.json.new") } catch {
      // It is not there, or the next one is written over it.
    }
  }

  private borrowing func write(_ bytes: [UInt8], _ name: String) throws(SystemCallError) {
    do {
      let mode: UInt32 = Defence.privateState.isOn ? 0o600 : 0o644
      let file = try descriptor.open(name + ".new", [.writeOnly, .create, .truncate, .noFollow], mode: mode)
      try file.write(bytes)
    } catch {
      throw SystemCallError("write", "\(id)/\(name)", error.errno)
    }
    try descriptor.rename(name + ".new", to: name)
  }

  /// Removes the folder and everything in it that apus may have made; a foreign folder in it is not followed.
  package borrowing func remove() throws(SystemCallError) {
    for name in try descriptor.open(".", [.readOnly, .directory]).entries() {
      do throws(SystemCallError) { try descriptor.removeFile(name) } catch {
        guard error.errno == .isDirectory else { throw error }
        if name == ContainerFolder.notifications || name == StartFIFO.reportFolder {
          try empty(name, in: descriptor, levels: 32)
        }
        try descriptor.removeDirectory(name)
      }
    }
    try store.descriptor.removeDirectory(id.string)
  }

  /// The folder of the socket for notifications. A privileged container that makes its mount of it writable can leave
  /// anything in there.
  package static let notifications = "notify"

  private func empty(
    _ name: String, in parent: borrowing Descriptor, levels: Int
  ) throws(SystemCallError) {
    let folder = try parent.open(
      name, [.readOnly, .directory, .noFollow], resolve: [.beneath, .noSymlinks, .noCrossDevice])
    for name in try folder.entries() {
      if try folder.status(of: name).kind != .directory {
        try folder.removeFile(name)
        continue
      }
      if levels > 0 { try empty(name, in: folder, levels: levels - 1) }
      try folder.removeDirectory(name)
    }
  }
}

/// Why there is no record to go by.
package enum RecordProblem: Error, Equatable {
  case unreadable(String)

  package var text: String {
    switch self {
    case .unreadable(let why): "the state file cannot be used: \(why)"
    }
  }
}
