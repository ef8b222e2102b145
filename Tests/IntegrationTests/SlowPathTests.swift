import Foundation
import Testing

/// Where the kernel or a filter around the runtime withholds something, another way leads to the same container: what its
/// process sees of its mounts, privileges, limits and cgroups does not tell which way it was.
@Suite(.scratch, .controllers("memory", "pids")) struct SlowPathTests {
  struct Way: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let refusal: CallRefusal
    /// What a trace of the calls must show, so that the way is known to have been taken.
    let sign: String
  }

  static let ways = [
    Way(
      testDescription: "no CLOSE_RANGE_CLOEXEC (Linux 5.10)",
      refusal: CallRefusal(call: "close_range", number: 436, errno: "EINVAL", argument: (2, 4)), sign: "= -1 EINVAL"),
    Way(
      testDescription: "no faccessat2",
      refusal: CallRefusal(call: "faccessat2", number: 439, errno: "ENOSYS"), sign: "= -1 ENOSYS"),
    Way(
      testDescription: "no keyrings", refusal: CallRefusal(call: "keyctl", number: 250, errno: "ENOSYS"),
      sign: "= -1 ENOSYS"),
  ]
  /// As many filters as beside the slow ways, and nothing that it refuses.
  static let nothing = CallRefusal(call: "none", number: 1023, errno: "ENOSYS")

  @Test(arguments: ways) func anotherCallGivesTheSameContainer(_ way: Way) throws {
    let container = try Self.container()
    let scratch = container.scratch
    let fast = try Self.seen(container, by: Self.nothing.words(in: scratch.directory))
    let slow = try Self.seen(container, by: way.refusal.words(in: scratch.directory))
    Self.compare(fast, slow)

    let calls = scratch.path("calls")
    let strace = ["/usr/bin/strace", "-f", "-o", calls, "-e", "trace=\(way.refusal.call)"]
    try scratch.run(way.refusal.words(in: scratch.directory) + strace + container.words("run")).succeed()
    #expect(readText(calls).contains(way.sign), "\(readText(calls))")
  }

  /// Below two layers of overlay the kernel makes no third one: the seal is a copy in memory.
  @Test func theSealInMemoryGivesTheSameContainer() throws {
    let container = try Self.container()
    let scratch = container.scratch
    let fast = try Self.seen(container, by: [])
    let slow = try Self.seen(container, by: try Self.onTwoOverlays(scratch))
    Self.compare(fast, slow)

    let calls = scratch.path("calls")
    let strace = ["/usr/bin/strace", "-f", "-o", calls, "-e", "trace=memfd_create"]
    try scratch.run(try Self.onTwoOverlays(scratch, strace) + container.words("run")).succeed()
    #expect(readText(calls).contains("memfd_create"), "\(readText(calls))")
  }

  /// A container with something of everything that a look from inside can compare.
  private static func container() throws -> Container {
    let container = try Container { config in
      config["hostname"] = "slow"
      config["linux.resources.pids"] = ["limit": 77]
      config["linux.resources.memory"] = ["limit": 67_108_864]
      config["linux.resources.cpu"] = ["shares": 512]
      config["linux.sysctl"] = ["net.ipv4.ip_forward": "1"]
      config["process.rlimits"] = [
        ["type": "RLIMIT_NOFILE", "soft": 777, "hard": 888], ["type": "RLIMIT_CORE", "soft": 0, "hard": 0],
      ]
      config.append(
        [
          "destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
          "options": ["nosuid", "noexec", "size=1m", "mode=1777"],
        ],
        to: "mounts")
      config.append(
        ["destination": "/etc", "type": "bind", "source": "/etc", "options": ["rbind", "ro", "nodev"]], to: "mounts")
      config["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [["names": ["reboot"], "action": "SCMP_ACT_ERRNO"]],
      ]
      config["process.args"] = ["/bin/sh", "-c", .string(script)]
    }
    return container
  }

  private static let script = """
    show() { for file; do echo "== $file"; cat "$file" 2>&1; done; }
    show /proc/self/mountinfo /proc/self/status /proc/self/limits /proc/self/cgroup /proc/1/oom_score_adj \
    /proc/1/personality /proc/sys/net/ipv4/ip_forward /proc/self/uid_map /proc/self/setgroups /proc/1/sched
    for folder in /sys/fs/cgroup /sys/fs/cgroup/*; do
      for file in pids.max memory.limit_in_bytes memory.max cpu.shares cpu.weight cpuset.cpus devices.list cgroup.procs; do
        if [ -e $folder/$file ]; then show $folder/$file; fi
      done
    done
    echo == folders; ls -l /dev /dev/ /proc/self/fd | sed 's/[A-Z][a-z][a-z] *[0-9]* [0-9:]*//'
    echo == attributes; id; umask; pwd; hostname; env; ulimit -a; ls -ld / /dev/shm /dev/pts /dev/mqueue /proc/kcore
    echo == refusals; echo x 2>&1 >/proc/sys/kernel/sysrq; touch /x 2>&1; echo end
    """

  /// What a run of the container writes, by what stands before the runtime's words, without what no two runs share.
  private static func seen(_ container: Container, by words: [String]) throws -> [String] {
    let output = try container.scratch.run(words + container.words("run")).succeed()
    #expect(output.lines.count > 150, "\(output.stdout)")
    var section = ""
    return output.lines.compactMap { line in
      if line.hasPrefix("== ") { section = String(line.dropFirst(3)) }
      switch section {
      case "/proc/self/mountinfo" where !line.hasPrefix("== "):
        // The numbers of the mount, its parent and its device, and of peer groups.
        let fields = line.split(separator: " ").dropFirst(3)
        return fields.map { field in
          ["shared:", "master:", "propagate_from:"].first { field.hasPrefix($0) } ?? String(field)
        }.joined(separator: " ")
      case "/proc/self/status":
        let passing = ["Vm", "Rss", "Hugetlb", "voluntary_", "nonvoluntary_", "Threads", "SigQ"]
        return passing.contains { line.hasPrefix($0) } ? nil : line
      case "/proc/1/sched": return line.hasPrefix("policy") || line.hasPrefix("prio") ? line : nil
      case let file where file.hasSuffix("cgroup.procs"): return line
      // The streams of each run are files of its own.
      case "folders" where line.contains(" -> pipe:") || line.hasSuffix(".err") || line.hasSuffix(".out"):
        return String(line.prefix { $0 != ">" })
      default: return line
      }
    }
  }

  private static func compare(_ fast: [String], _ slow: [String]) {
    let (more, less) = (slow.filter { !fast.contains($0) }, fast.filter { !slow.contains($0) })
    #expect(more.isEmpty && less.isEmpty, "only on the slow way: \(more); only on the fast one: \(less)")
    #expect(fast == slow)
  }

  /// Words that put a copy of the runtime on an overlay over an overlay, in a mount namespace that nobody else sees, and
  /// run it from there with the words that follow the runtime's path.
  private static func onTwoOverlays(_ scratch: Scratch, _ before: [String] = []) throws -> [String] {
    let folder = scratch.path("layers")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let script = """
      folder=$1 count=$2; shift 2
      mount -t tmpfs tmpfs "$folder"; cd "$folder"
      mkdir low up1 work1 one up2 work2 two
      before=; while [ "$count" -gt 0 ]; do before="$before $1"; shift; count=$((count - 1)); done
      cp "$1" low/apus; shift
      mount -t overlay overlay -o lowerdir=low,upperdir=up1,workdir=work1 one
      mount -t overlay overlay -o lowerdir=one,upperdir=up2,workdir=work2 two
      exec $before "$folder/two/apus" "$@"
      """
    return [
      "/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-euc", script, "sh", folder,
      String(before.count),
    ] + before
  }
}
