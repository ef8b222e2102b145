package import JSON
internal import Kernel
internal import OCI

/// All containers of a store, as `list` shows them. What cannot be read is an entry too, so that one damaged container
/// neither hides the others nor itself.
package struct ContainerListing {
  package enum Entry {
    case container(ContainerDescription)
    /// What stands there has an id and an owner, but no record to go by.
    case damaged(id: String, owner: String, problem: String)
  }

  package private(set) var entries: [Entry] = []
  /// Names in the store that cannot be containers; they are passed over.
  package private(set) var foreign: [String] = []

  /// Sorted by id.
  /// - Parameter mayBeMissing: whether a store that is not there is an empty one.
  /// - Throws: when the store itself cannot be read.
  package init(_ store: ContainerStore, mayBeMissing: Bool) throws(OperationError) {
    if !mayBeMissing {
      _ = try OperationError.wrapping { () throws(SystemCallError) in try store.path.status() }
    }
    let opened = try OperationError.wrapping { () throws(SystemCallError) in try store.opened() }
    guard let opened else { return }
    let names = try OperationError.wrapping { () throws(SystemCallError) in try opened.names() }
    if names.isEmpty { return }
    // Once for all containers.
    let boot = try OperationError.wrapping { () throws(SystemCallError) in try Host.bootID() }
    var owners = OwnerNames()
    for name in names { add(name, in: opened, boot: boot, &owners) }
  }

  private mutating func add(_ name: String, in store: StoreFolder, boot: String, _ owners: inout OwnerNames) {
    let id: ContainerID
    do { id = try ContainerID(name) } catch {
      foreign.append(name)
      return
    }
    var owner = ""
    do throws(SystemCallError) {
      let folder = try store.folder(id)
      owner = owners.name(of: folder.owner)
      if let entry = try Entry(folder, id: name, owner: owner, boot: boot) { entries.append(entry) }
    } catch {
      switch error.errno {
      // Removed since the names were read.
      case .noSuchFile: break
      case .notDirectory, .tooManyLinks: foreign.append(name)
      default: entries.append(.damaged(id: name, owner: owner, problem: error.description))
      }
    }
  }
}

extension ContainerListing.Entry {
  /// nil when it is removed meanwhile.
  fileprivate init?(_ folder: consuming ContainerFolder, id: String, owner: String, boot: String)
    throws(SystemCallError)
  {
    let record: Record?
    do throws(RecordProblem) { record = try folder.record() } catch {
      self = .damaged(id: id, owner: owner, problem: error.text)
      return
    }
    guard let record else {
      if try folder.descriptor.status().links == 0 { return nil }
      self = .damaged(id: id, owner: owner, problem: "it has no record")
      return
    }
    do throws(OperationError) {
      var description = try Container(folder: folder, record: record).description(boot: boot)
      description.owner = owner
      self = .container(description)
    } catch {
      self = .damaged(id: id, owner: owner, problem: "\(error)")
    }
  }

  package var id: String {
    switch self {
    case .container(let description): description.id
    case .damaged(let id, _, _): id
    }
  }
}

extension ContainerListing.Entry: JSONWritable {
  /// A damaged one has the members of all others, without values, and the status `corrupt`.
  package func write(to writer: inout JSONWriter) {
    switch self {
    case .container(let description): description.write(to: &writer)
    case .damaged(let id, let owner, _):
      writer.beginObject()
      writer.member("ociVersion", "")
      writer.member("id", id)
      writer.member("pid", 0)
      writer.member("status", "corrupt")
      writer.member("bundle", "")
      writer.member("rootfs", "")
      // The zero of Go's time, which its readers need in this place.
      writer.member("created", "0001-01-01T00:00:00Z")
      writer.member("owner", owner)
      writer.endObject()
    }
  }
}

extension ContainerListing {
  /// The rows below the header of the table: cells in the order of `columns`.
  package var rows: [[String]] {
    entries.map { entry in
      switch entry {
      case .container(let container):
        [
          container.id, String(container.pid), container.status.rawValue, container.bundle, container.created,
          container.owner,
        ]
      case .damaged(let id, let owner, _): [id, "?", "corrupt", "", "", owner]
      }
    }
  }

  package static var columns: [String] { ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"] }
}
