import Kernel

/// A new cpuset (v1) has no processors and no memory nodes, and no task can enter it before it has both: it takes those
/// of the one above it (cpusets(7)).
struct CpusetInheritance {
  private let mountPoint: HostPath
  private let components: [String]

  init(_ mountPoint: HostPath, _ components: [String]) {
    self.mountPoint = mountPoint
    self.components = components
  }

  /// - Parameters:
  ///   - wanted: files that will be written with values of the configuration.
  ///   - isNew: the folder was just made, so it is empty.
  func fill(except wanted: [String], isNew: Bool) throws(CgroupError) {
    for file in ["cpuset.cpus", "cpuset.mems"] where !wanted.contains(file) {
      try wrapping("linux.cgroupsPath") { () throws(SystemCallError) in
        _ = try value(of: file, depth: components.count, isNew: isNew)
      }
    }
  }

  /// The value that a folder has, or has got from above; empty folders between are filled too.
  private func value(of file: String, depth: Int, isNew: Bool) throws(SystemCallError) -> String {
    let control = ControlFile(CgroupPath.join(mountPoint, Array(components.prefix(depth))), file)
    if !isNew {
      let current = try control.read()
      if !current.isEmpty || depth == 0 { return current }
    }
    let inherited = try value(of: file, depth: depth - 1, isNew: false)
    try control.write(inherited)
    return inherited
  }
}
