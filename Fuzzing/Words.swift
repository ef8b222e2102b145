import Cgroups
import CommandLine
@testable import ContainerRuntime
import DBus
import Kernel
import OCI

/// Whatever is taken as an id is one component of a path.
func checkID(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let id = try? ContainerID(text) else { return }
  require(id.string == text, "the id \(id) is another")
  require(!text.isEmpty && text != "." && text != ".." && text.utf8.count <= 255, "a bad id: \(text)")
  require(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }, "a bad id: \(text)")
}

/// `exec --user`: the number that is written is the number that comes out (CVE-2016-3697).
func changeUser(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  var process = Spec.Process(cwd: "/")
  var changes = ProcessChanges()
  changes.user = text
  do { try changes.apply(to: &process) } catch { return }
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  require(process.user?.uid == UInt32(parts[0]) && process.user?.uid != .max, "another user: \(text)")
  if parts.count > 1 { require(process.user?.gid == UInt32(parts[1]), "another group: \(text)") }
}

/// Words with a NUL between them; the runtime's own name in front.
func parseCommandLine(_ bytes: [UInt8]) {
  let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  do { _ = try Request.parse(["apus"] + words) } catch {
    require(!"\(error)".isEmpty, "an error without words")
  }
}

/// What the init sends may be anything (security case S6).
func readInitMessage(_ bytes: [UInt8]) {
  guard case .failed(let step, let error) = InitMessage(bytes, stepCount: 60) else { return }
  require(step < 60, "a step that is not")
  require(error.description.utf8.allSatisfy { $0 >= 0x20 }, "control characters: \(error)")
}

func readMountinfo(_ bytes: [UInt8]) {
  let mounts = CgroupMount.parse(bytes)
  let members = CgroupLayout.Membership.parse(bytes)
  for hierarchy in CgroupMount.hierarchies(of: members, mounts: mounts, isMounted: { _ in true }) {
    require(hierarchy.mountPoint.string.utf8.first == UInt8(ascii: "/"), "a relative mount point")
  }
}

/// A message that is taken is written and read again as the same, and so is what a text says.
func readDBus(_ bytes: [UInt8]) {
  if let message = try? DBusMessage(bytes) { checkCopy(message) }
  if let value = try? DBusValue(text: String(decoding: bytes, as: UTF8.self)) {
    var message = DBusMessage(.methodCall)
    message.body = [.variant(value)]
    checkCopy(message)
  }
}

private func checkCopy(_ message: DBusMessage) {
  let bytes = message.encoded
  do {
    require(try DBusMessage(bytes).encoded == bytes, "the copy is another message")
  } catch {
    fatalError("the copy cannot be read: \(error.problem)")
  }
}
