internal import Kernel

/// Makes sure, before a container is entered, that the running program cannot be written from inside (CVE-2019-5736): the
/// program starts itself once more from a read-only view of its file that no mount namespace holds.
///
/// The shipped program has moved into such a view before libc started, where the kernel and its privileges allow that
/// (CLinux/start.c): then all that is left to do here is to look.
package enum Seal {
  /// Says only that a second start has been tried; it proves nothing.
  private static let marker = "_APUS_SEALED"

  /// Returns at once when this process runs sealed. Otherwise it starts again, sealed, and does not return.
  package static func ensure() throws(OperationError) {
    try RuntimeStep.sealed.begin()
    let isSealed = try fromKernel(isSealed())
    if isSealed || !Defence.seal.isOn { return try RuntimeStep.sealed.end() }
    if StartOfProgram.variable(marker) != nil {
      throw OperationError(
        SystemCallError.refused("the program's own file could not be protected: it is still writable after a restart"))
    }
    try restart(arguments: StartOfProgram.arguments, environment: StartOfProgram.environment)
  }

  /// Sealed means: writing through /proc/self/exe is refused because the file system is read-only or the file is sealed
  /// in memory, and the file is out of reach of every mount namespace. The type of a file system proves nothing.
  private static func isSealed() throws(SystemCallError) -> Bool {
    let own = HostPath(constant: "/proc/self/exe")
    switch isWritable(own) {
    case Errno.readOnly: return try !own.isOnAttachedMount()
    case nil: return try Descriptor.open(own, .readOnly).hasAllSeals()
    default: return false
    }
  }

  /// For `--debug`: by what the program that runs is protected, in runc's words, which scripts look for.
  package static func describe(to say: (String) -> Void) {
    switch isWritable(HostPath(constant: "/proc/self/exe")) {
    case Errno.readOnly: say("runc exeseal: using overlayfs for sealed /proc/self/exe")
    case nil: say("runc exeseal: using memfd for sealed /proc/self/exe")
    default: return
    }
    say("runc exeseal: using /proc/self/exe clone")
  }

  /// Starts this program in this process's place, sealed, with other arguments and another environment. Returns only
  /// with an error.
  package static func restart(arguments: [String], environment: [String]) throws(OperationError) -> Never {
    do throws(SystemCallError) { try replace(arguments, environment) } catch { throw OperationError(error) }
  }

  private static func replace(_ arguments: [String], _ environment: [String]) throws(SystemCallError) -> Never {
    let own = HostPath(constant: "/proc/self/exe")
    let path = try own.readResolvedPath()
    let program: Descriptor
    do throws(SystemCallError) {
      program = try overlay(path, of: own)
    } catch {
      program = try memoryCopy(own)
    }
    let errno = program.execute(
      arguments: CStringList(arguments), environment: CStringList(environment + ["\(marker)=1"]))
    throw SystemCallError("start again from a protected copy of", path.string, errno)
  }

  /// Another program of the host, for a process that will be reachable from a container while it still is this program:
  /// what is returned can be executed, and written by nobody.
  static func view(of program: HostPath) throws(SystemCallError) -> Descriptor {
    let file = try Descriptor.open(program, .path)
    let held = HostPath(unchecked: file.procPath)
    do throws(SystemCallError) { return try overlay(try held.readResolvedPath(), of: held) } catch {
      return try memoryCopy(held)
    }
  }

  /// A detached overlay without an upper layer over the program's folder: no copy, and no write for anybody, since the
  /// file system itself has nowhere to write to. Only the program's own file is opened from it.
  private static func overlay(_ path: HostPath, of file: HostPath) throws(SystemCallError) -> Descriptor {
    let folder = try Descriptor.open(path.parentFolder, [.path, .directory])
    let empty = try Descriptor.fileSystem("tmpfs").makeFileSystem(attributes: .readOnly)
    let context = try Descriptor.fileSystem("overlay")
    try context.setFileSystemString("lowerdir", "\(folder.procPath):\(empty.procPath)")
    let mount = try context.makeFileSystem(attributes: [.readOnly, .noSUID, .noDevices])
    let program = try mount.open(path.lastComponent, [.path, .noFollow])
    // The name may stand for another file by now.
    guard try program.status().inode == file.status().inode else {
      throw SystemCallError.refused("the program's file was exchanged")
    }
    return program
  }

  /// A copy in memory with every seal (memfd_create(2)): for where there is no overlay.
  private static func memoryCopy(_ own: HostPath) throws(SystemCallError) -> Descriptor {
    let source = try Descriptor.open(own, .readOnly)
    let copy = try Descriptor.memoryFile("apus", sealable: true)
    try copy.append(from: source, count: try source.status().size)
    try copy.addAllSeals()
    return copy
  }
}
