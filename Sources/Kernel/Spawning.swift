internal import CLinux

/// Starts another program in this process's namespaces, as the leader of a process group of its own, with no descriptor
/// but the three standard ones (posix_spawn(3)).
public func spawn(
  _ path: String, arguments: borrowing CStringList, environment: borrowing CStringList,
  input: borrowing Descriptor, output: borrowing Descriptor, folder: HostPath
) throws(SystemCallError) -> ChildProcess {
  var pid = Int32(0)
  let (reads, writes) = (input.number, output.number)
  let result = unsafe arguments.withPointers { arguments in
    unsafe environment.withPointers { environment in
      unsafe cl_spawn(&pid, path, arguments, environment, reads, writes, writes, folder.string)
    }
  }
  try result.check("spawn", path)
  return ChildProcess(pid: pid, pidfd: try Descriptor.ofProcess(pid))
}

/// Kills every process of a group that this process has made.
public func killGroup(of leader: Int32) { _ = cl_kill(-leader, 9) }

extension Descriptor {
  /// A file in memory only (memfd_create(2)).
  public static func memoryFile(_ name: String, sealable: Bool = false) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try unsafe cl_memfd_create(name, sealable ? 3 : 1).checked("memfd_create", name))
  }

  /// Reads from the beginning of a file.
  public borrowing func readFromStart(most: Int) throws(SystemCallError) -> [UInt8] {
    try rewind()
    return try read(most: most)
  }
}
