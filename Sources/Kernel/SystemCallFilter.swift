internal import CLinux

public enum SystemCallFilter {
  /// Loads a seccomp filter for this process and all that it becomes (seccomp(2)). It needs no_new_privs, or
  /// CAP_SYS_ADMIN in the user namespace.
  /// - Parameter instructions: classic BPF, each packed as the kernel has it in memory.
  /// - Returns: the number of the notification descriptor when the flags ask for one (SECCOMP_FILTER_FLAG_NEW_LISTENER),
  ///   close-on-exec; else 0.
  public static func load(_ instructions: [UInt64], flags: UInt32) throws(SystemCallError) -> Int32 {
    if instructions.count > 4096 { throw SystemCallError("seccomp", "", .invalid) }
    let result = unsafe instructions.withUnsafeBytes { buffer in
      unsafe cl_seccomp_filter(
        flags, buffer.baseAddress?.assumingMemoryBound(to: cl_bpf_instruction.self), instructions.count)
    }
    return try result.checked("seccomp")
  }
}

extension Descriptor {
  /// With a pidfd: a copy of another process's descriptor (pidfd_getfd(2), Linux 5.6).
  public borrowing func copyDescriptor(_ number: Int32) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try cl_pidfd_getfd(self.number, number).checked("pidfd_getfd", "descriptor \(number)"))
  }
}
