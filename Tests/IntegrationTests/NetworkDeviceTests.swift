import Foundation
import Testing

/// `linux.netDevices`: one end of a veth pair moves into the container, out of a network namespace that stands for the
/// host's.
@Suite(.scratch) struct NetworkDeviceTests {
  /// Runs apus in a network namespace of its own, after the shell has made devices there.
  private func run(
    _ prepare: String, _ devices: JSONValue, _ script: String, after: String = "true",
    _ edit: (inout JSONValue) throws -> Void = { _ in }
  ) throws -> Output {
    let container = try Container { config in
      config["linux.netDevices"] = devices
      config["process.args"] = ["/bin/sh", "-c", .string(script)]
      try edit(&config)
    }
    let scratch = container.scratch
    let call = "\(scratch.apus) --root \(scratch.root) run -b \(container.bundle) \(container.id)"
    return try scratch.run([
      "/usr/bin/unshare", "--net", "/bin/sh", "-c", "\(prepare) || exit 99; \(call); s=$?; \(after); exit $s",
    ])
  }

  private static let pair = "ip link add here0 type veth peer name move0 && ip link set here0 up"

  /// Its addresses of global scope, its MTU and its hardware address go with it, and it is up.
  @Test func deviceMovesWithWhatItHas() throws {
    let prepare = """
      \(Self.pair) && ip link set move0 mtu 1400 address 02:00:00:00:00:77 up && \
      ip addr add 10.77.0.1/24 dev move0 && ip addr add 169.254.9.9/16 scope link dev move0 && \
      ip -6 addr add fd77::1/64 dev move0 nodad
      """
    let output = try run(
      prepare, ["move0": [:]],
      "cat /sys/class/net/move0/mtu /sys/class/net/move0/address /sys/class/net/move0/flags; ip addr show dev move0",
      after: "ip link show dev move0")
    let lines = output.stdout.split(separator: "\n").map(String.init)
    #expect(lines.prefix(2) == ["1400", "02:00:00:00:00:77"], "\(output)")
    let flags = try #require(lines.dropFirst(2).first.flatMap { Int($0.dropFirst(2), radix: 16) })
    #expect(flags & 1 == 1)
    #expect(output.stdout.contains("inet 10.77.0.1/24 "))
    #expect(output.stdout.contains("inet6 fd77::1/64 "))
    #expect(!output.stdout.contains("169.254.9.9"))
    #expect(output.status == 0)
    // It is not where it was.
    #expect(output.stderr.contains("\"move0\" does not exist"))
  }

  @Test(arguments: [("eth7", "eth7"), ("ctr%d", "ctr0")]) func deviceIsRenamed(name: String, found: String) throws {
    let output = try run(
      "\(Self.pair) && ip addr add 10.77.0.1/24 dev move0", ["move0": ["name": .string(name)]],
      "ls /sys/class/net; ip addr show dev \(found)")
    #expect(output.status == 0, "\(output)")
    #expect(output.stdout.contains("\(found)\n") && !output.stdout.contains("move0\n"))
    #expect(output.stdout.contains("inet 10.77.0.1/24 "))
  }

  /// It is there for the hooks and for sysctls that name it.
  @Test func deviceIsThereForSysctls() throws {
    let output = try run(Self.pair, ["move0": [:]], "cat /proc/sys/net/ipv4/conf/move0/forwarding") { config in
      config["linux.sysctl"] = ["net.ipv4.conf.move0.forwarding": "1"]
    }
    #expect(output.status == 0 && output.stdout == "1\n", "\(output)")
  }

  /// A joined namespace keeps the device after the container.
  @Test func deviceMovesIntoAJoinedNamespace() throws {
    let holder = try Scratch.current.start(["/usr/bin/unshare", "--net", "sleep", "1000"])
    let deadline = Date().addingTimeInterval(10)
    while try namespace("net", of: holder.pid) == namespace("net", of: getpid()), Date() < deadline { usleep(10_000) }
    let output = try run(
      "\(Self.pair) && ip addr add 10.77.0.1/24 dev move0", ["move0": ["name": "moved0"]], "true",
      after: "nsenter --net=/proc/\(holder.pid)/ns/net ip addr show dev moved0"
    ) { config in
      config.dropNamespace("network")
      config.append(
        ["type": "network", "path": .string("/proc/\(holder.pid)/ns/net")], to: "linux.namespaces")
    }
    #expect(output.status == 0 && output.stdout.contains("inet 10.77.0.1/24 "), "\(output)")
  }

  @Test func deviceMovesIntoAUserNamespace() throws {
    let output = try run(
      "\(Self.pair) && ip addr add 10.77.0.1/24 dev move0", ["move0": [:]], "ip addr show dev move0"
    ) { config in
      let map: JSONValue = [["containerID": 0, "hostID": 0, "size": 65536]]
      config["linux.uidMappings"] = map
      config["linux.gidMappings"] = map
      config.append(["type": "user"], to: "linux.namespaces")
    }
    #expect(output.status == 0 && output.stdout.contains("inet 10.77.0.1/24 "), "\(output)")
  }

  @Test func missingDeviceIsNamed() throws {
    let output = try run("true", ["gone0": [:]], "true")
    #expect(output.status == 1)
    #expect(
      output.stderr.contains(
        "config.json.linux.netDevices.gone0: cannot be moved into the container: find network device gone0: "
          + "no such device (ENODEV)"), "\(output)")
  }

  /// The container's loopback device has the name already: the other stays where it is, up as it was.
  @Test func takenNameIsTold() throws {
    let output = try run(
      "\(Self.pair) && ip link set move0 up", ["move0": ["name": "lo"]], "true", after: "ip link show dev move0"
    )
    #expect(output.status == 1)
    #expect(
      output.stderr.contains("cannot be moved into the container: move network device as lo: file exists (EEXIST)"),
      "\(output)")
    #expect(output.stdout.contains(",UP,") || output.stdout.contains("UP>"), "\(output)")
  }
}
