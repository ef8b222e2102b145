import Glibc
import Testing

/// The namespaces of the default config, as the kernel tells them.
@Suite(.scratch) struct NamespaceTests {
  @Test(arguments: ["pid", "net", "ipc", "uts", "mnt", "cgroup"])
  func configMakesNewNamespace(kind: String) throws {
    let container = try Container { $0.addCgroupNamespace() }
    try container.runDetached()
    let inside = try namespace(kind, of: container.pid)
    #expect(inside.hasPrefix(kind + ":["))
    #expect(try inside != namespace(kind, of: getpid()))
    #expect(try inside != namespace(kind, of: container.scratch.mounts.pid))
  }

  @Test(arguments: ["user", "time"])
  func defaultConfigKeepsHostNamespace(kind: String) throws {
    let container = try Container()
    try container.runDetached()
    #expect(try namespace(kind, of: container.pid) == namespace(kind, of: getpid()))
  }
}
