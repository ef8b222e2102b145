internal import CLinux

/// Programs that decide on the use of devices in a cgroup (v2), bpf(2) with BPF_PROG_TYPE_CGROUP_DEVICE.
extension Descriptor {
  /// Hands a program to the kernel, which checks it.
  /// - Parameter instructions: struct bpf_insn, eight bytes each.
  /// - Throws: EINVAL or EACCES when the kernel's verifier refuses it, EPERM without CAP_SYS_ADMIN or CAP_BPF.
  public static func deviceProgram(_ instructions: [UInt64]) throws(SystemCallError) -> Descriptor {
    var result = load(instructions)
    if result.failure == .notPermitted {
      // Before Linux 5.11 a program counts against RLIMIT_MEMLOCK, which a container shall not inherit raised.
      let memoryLock: Int32 = 8
      var old: [UInt64] = [0, 0]
      let isRead = unsafe old.withUnsafeMutableBufferPointer { unsafe cl_prlimit(0, memoryLock, nil, $0.baseAddress) }
      if isRead >= 0 {
        _ = unsafe [UInt64.max, .max].withUnsafeBufferPointer { unsafe cl_prlimit(0, memoryLock, $0.baseAddress, nil) }
        result = load(instructions)
        _ = unsafe old.withUnsafeBufferPointer { unsafe cl_prlimit(0, memoryLock, $0.baseAddress, nil) }
      }
    }
    return Descriptor(owning: try result.checked("bpf", "load a device program of \(instructions.count) instructions"))
  }

  private static func load(_ instructions: [UInt64]) -> Int32 {
    unsafe instructions.withUnsafeBytes { buffer in
      unsafe cl_bpf_prog_load_device(buffer.baseAddress, UInt32(instructions.count), nil, 0)
    }
  }

  /// With the folder of a cgroup: attaches a program. Others that are attached stay, and all of them must allow a use;
  /// with `replacing` the program takes the place of that one at once.
  public borrowing func attachDeviceProgram(
    _ program: borrowing Descriptor, replacing old: borrowing Descriptor
  ) throws(SystemCallError) {
    try cl_bpf_prog_attach_device(number, program.number, 2 | 4 /* BPF_F_ALLOW_MULTI | BPF_F_REPLACE */, old.number)
      .check("bpf", "replace the device program of a cgroup")
  }

  public borrowing func attachDeviceProgram(_ program: borrowing Descriptor) throws(SystemCallError) {
    try cl_bpf_prog_attach_device(number, program.number, 2, -1).check("bpf", "attach a device program to a cgroup")
  }

  /// With the folder of a cgroup: takes a program off.
  public borrowing func detachDeviceProgram(_ program: borrowing Descriptor) throws(SystemCallError) {
    try cl_bpf_prog_detach_device(number, program.number).check("bpf", "detach a device program from a cgroup")
  }

  /// With the folder of a cgroup: the programs that are attached to it, 64 at most as the kernel allows. Those that a
  /// security module hides from this process are left out: they can only refuse more.
  public borrowing func devicePrograms() throws(SystemCallError) -> DescriptorList {
    var ids = [UInt32](repeating: 0, count: 64)
    var count = UInt32(ids.count)
    let number = self.number
    try unsafe ids.withUnsafeMutableBufferPointer { unsafe cl_bpf_prog_query_device(number, $0.baseAddress, &count) }
      .check("bpf", "ask for the device programs of a cgroup")
    var programs = DescriptorList()
    for id in ids.prefix(Int(count)) {
      let program = cl_bpf_prog_by_id(id)
      if program.failure == .notPermitted || program.failure == .accessDenied || program.failure == .noSuchFile {
        continue
      }
      programs.append(Descriptor(owning: try program.checked("bpf", "open program \(id)")))
    }
    return programs
  }
}
