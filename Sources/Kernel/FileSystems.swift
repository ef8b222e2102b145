internal import CLinux

extension HostPath {
  /// The magic number of the file system that holds the file (statfs(2)); symlinks are followed.
  public func fileSystemMagic() throws(SystemCallError) -> UInt64 {
    var type = UInt64(0)
    try unsafe string.withCString { unsafe cl_statfs_type($0, &type) }.check("statfs", string)
    return type
  }
}
