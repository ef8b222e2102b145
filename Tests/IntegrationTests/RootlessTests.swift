import Foundation
import Testing

/// What an ordinary user can do: the runtime without any privilege, as `spec --rootless` means it.
@Suite(.scratch) struct RootlessTests {
  static let user = 54321

  /// A bundle that belongs to the user, with a copy of the binary that the user can reach.
  struct Bundle {
    let scratch: Scratch
    let folder: String
    let id: String

    init() throws {
      scratch = try Scratch.current
      id = scratch.newID()
      folder = scratch.path("user")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.directory)
      try FileManager.default.createDirectory(atPath: folder + "/state", withIntermediateDirectories: true)
      try makeBusyboxRoot(at: folder + "/rootfs", busybox: scratch.busybox)
      try scratch.run(["/bin/cp", scratch.binary, folder + "/apus"]).succeed()
      try scratch.run(["/bin/chown", "-R", "\(user):\(user)", folder]).succeed()
      try apus("spec", "--rootless").succeed()
    }

    /// As the user, with the default state folder: it comes from XDG_RUNTIME_DIR.
    func apus(_ arguments: String...) throws -> Output { try run([], arguments) }

    /// The same by another program, which calls the runtime.
    func run(_ caller: [String], _ arguments: [String]) throws -> Output {
      let user = ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"]
      let environment = ["/usr/bin/env", "XDG_RUNTIME_DIR=\(folder)/state"]
      return try scratch.run(user + environment + caller + [folder + "/apus"] + arguments, workingDirectory: folder)
    }

    func edit(_ change: (inout JSONValue) throws -> Void) throws {
      var config = try JSONValue(parsing: readText(folder + "/config.json"))
      config["process.terminal"] = false
      try change(&config)
      try Data(config.text.utf8).write(to: URL(filePath: folder + "/config.json"))
    }
  }

  @Test func userIsRootInside() throws {
    let bundle = try Bundle()
    try bundle.edit {
      $0["process.args"] = [
        "/bin/sh", "-c",
        "id -u; tr -s ' ' < /proc/self/uid_map; cat /proc/self/setgroups; echo x > /dev/null && echo dev",
      ]
    }
    let lines = try bundle.apus("run", bundle.id).succeed().lines
    #expect(lines == ["0", " 0 \(Self.user) 1", "deny", "dev"])
  }

  @Test func bindSourceIsTheHosts() throws {
    let bundle = try Bundle()
    try Data("of the host\n".utf8).write(to: URL(filePath: bundle.folder + "/note"))
    try bundle.edit {
      $0.append(
        [
          "destination": "/note", "type": "bind", "source": .string(bundle.folder + "/note"),
          "options": ["bind", "ro"],
        ],
        to: "mounts")
      $0["process.args"] = ["/bin/sh", "-c", "cat /note; echo x > /note"]
    }
    let output = try bundle.apus("run", bundle.id)
    #expect(output.stdout == "of the host\n")
    #expect(output.stderr.contains("Read-only file system"))
  }

  @Test func lifeOfAContainer() throws {
    let bundle = try Bundle()
    try bundle.edit { $0["process.args"] = ["/bin/sleep", "100"] }
    try bundle.apus("create", bundle.id).succeed()
    #expect(fileExists(bundle.scratch.inside("\(bundle.folder)/state/apus/\(bundle.id)")))
    try bundle.apus("start", bundle.id).succeed()
    #expect(try bundle.apus("exec", bundle.id, "/bin/id", "-u").succeed().stdout == "0\n")
    try bundle.apus("kill", bundle.id, "KILL").succeed()
    try bundle.apus("delete", "--force", bundle.id).succeed()
    #expect(!fileExists(bundle.scratch.inside("\(bundle.folder)/state/apus/\(bundle.id)")))
  }

  /// Podman without privileges is root of a user namespace when it calls the runtime: /run is not its own there either.
  @Test func rootOfAUserNamespaceFindsTheState() throws {
    let bundle = try Bundle()
    try bundle.edit { $0["process.args"] = ["/bin/sleep", "100"] }
    try bundle.apus("create", bundle.id).succeed()
    let list = try bundle.run(["/usr/bin/unshare", "--user", "--map-root-user"], ["list", "--quiet"]).succeed()
    #expect(list.lines == [bundle.id])
    try bundle.apus("delete", "--force", bundle.id).succeed()
  }

  /// The pid namespace that Podman without privileges is in belongs to the host: nobody comes back to it.
  @Test func rootOfAUserNamespaceExecs() throws {
    let bundle = try Bundle()
    try bundle.edit {
      $0["process.args"] = ["/bin/sleep", "100"]
      $0["linux.namespaces"] = .array(($0["linux.namespaces"]?.array ?? []).filter { $0["type"] != "user" })
      for name in ["uidMappings", "gidMappings"] { $0["linux.\(name)"] = nil }
    }
    let script = """
      trap '"$1" delete --force "$2"' EXIT
      "$1" run --detach "$2" && "$1" exec "$2" /bin/sh -c 'echo $(id -u) $(cat /proc/1/comm)'
      """
    let words = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-euc", script, "sh"]
    #expect(try bundle.run(words, [bundle.id]).succeed().stdout == "0 sleep\n")
  }

  /// A range that /etc/subuid does not give, told in the words of newuidmap, or that the program is not there.
  @Test func foreignIDsAreRefused() throws {
    let bundle = try Bundle()
    try bundle.edit { $0["linux.uidMappings"] = [["containerID": 0, "hostID": 0, "size": 65536]] }
    let output = try bundle.apus("run", bundle.id)
    #expect(output.isRefusal)
    #expect(output.stderr.contains("newuidmap"))
  }

  /// What the user may not read is told before a process is made, by its property.
  @Test func missingSourceIsNamed() throws {
    let bundle = try Bundle()
    try bundle.edit {
      $0.append(["destination": "/x", "type": "bind", "source": "/nowhere", "options": ["bind"]], to: "mounts")
    }
    let output = try bundle.apus("run", bundle.id)
    #expect(output.isRefusal)
    #expect(output.stderr.contains("bind source /nowhere: no such file or directory (ENOENT)"))
  }

  /// A limit needs a cgroup that the user may change; on a host with systemd the message says how to get one.
  @Test(.controllers("pids")) func limitWithoutDelegationIsRefused() throws {
    let bundle = try Bundle()
    try bundle.edit {
      $0["linux.resources.pids"] = ["limit": 10]
      $0["process.args"] = ["/bin/true"]
    }
    let output = try bundle.apus("run", bundle.id)
    #expect(output.isRefusal)
    #expect(output.stderr.contains("linux.resources.pids.limit"))
    let isPure = fileExists("/sys/fs/cgroup/cgroup.controllers")
    #expect(output.stderr.contains("Delegate=cpu cpuset io memory pids") == isPure)
  }
}
