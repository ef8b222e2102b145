import Kernel

extension Cgroup.Folder {
  /// Ends every process that is in the folder.
  func kill() throws(CgroupError) {
    for process in try processes() ?? [] {
      do throws(SystemCallError) {
        try Descriptor.ofProcess(process).sendSignal(9)
      } catch {
        if error.errno != .noSuchProcess { throw .system(error, property: nil) }
      }
    }
  }
}
