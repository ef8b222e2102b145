import Kernel

/// The program that decides on devices in a cgroup v2 folder.
struct DeviceFilter {
  private let folder: HostPath

  init(_ folder: HostPath) { self.folder = folder }

  /// Puts a program in force. What was in force stays so until the new one is: there is no moment without.
  /// - Parameter isNew: nothing can be attached yet.
  func install(_ policy: DevicePolicy, isNew: Bool) throws(CgroupError) {
    try wrapping("linux.resources.devices") { () throws(SystemCallError) in
      let program = try Descriptor.deviceProgram(DeviceProgram(policy).instructions)
      let cgroup = try Descriptor.open(folder, [.readOnly, .directory])
      if isNew { return try cgroup.attachDeviceProgram(program) }
      let old = try cgroup.devicePrograms()
      if old.count == 1 {
        return try old.withDescriptor(0) { (old) throws(SystemCallError) in
          try cgroup.attachDeviceProgram(program, replacing: old)
        }
      }
      try cgroup.attachDeviceProgram(program)
      for index in 0..<old.count {
        try old.withDescriptor(index) { (old) throws(SystemCallError) in try cgroup.detachDeviceProgram(old) }
      }
    }
  }
}
