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

  /// A network namespace of the container's own has a loopback device that works, as under runc.
  @Test func loopbackIsUp() throws {
    let output = try Container().run("cat /sys/class/net/lo/flags; ip -o addr show dev lo").succeed()
    #expect(output.lines.first == "0x9", "IFF_UP and IFF_LOOPBACK")
    #expect(output.stdout.contains("127.0.0.1/8"))
  }

  @Test(arguments: ["user", "time"])
  func defaultConfigKeepsHostNamespace(kind: String) throws {
    let container = try Container()
    try container.runDetached()
    #expect(try namespace(kind, of: container.pid) == namespace(kind, of: getpid()))
  }
}
