import Foundation
import Testing

/// What the machine lets the tests of this file see.
private enum Machine {
  static let cpus = processStatus(readText("/proc/self/status"))["Cpus_allowed_list"] ?? ""
  static let hasTwoCPUs = cpus.hasPrefix("0-") || cpus.hasPrefix("0,1")
  static let hasNUMA = fileExists("/proc/self/numa_maps")
}

/// Where a process runs and where its memory comes from: CPUs and NUMA nodes, seen from inside.
@Suite(.scratch) struct PlacementTests {
  private static let allowed = "grep Cpus_allowed_list: /proc/self/status"

  private func cpus(_ output: Output) throws -> String? {
    processStatus(try output.succeed().stdout)["Cpus_allowed_list"]
  }

  /// Which CPUs the caller of the runtime runs on is no business of the container's.
  @Test(.enabled(if: Machine.hasTwoCPUs, "needs CPUs 0 and 1")) func affinityOfTheCallerIsLeftBehind() throws {
    let container = try Container { $0["process.args"] = ["/bin/sh", "-c", .string(Self.allowed)] }
    let words = ["/usr/bin/taskset", "-c", "1"]
    #expect(try cpus(container.scratch.run(words + container.words("run"))) == Machine.cpus)
    try container.runDetached()
    let inside = container.execWords(["/bin/sh", "-c", Self.allowed])
    #expect(try cpus(container.scratch.run(words + inside)) == Machine.cpus)
  }

  static let affinities: [(JSONValue, String)] = [
    (["initial": "0"], "0"), (["final": "1"], "1"), (["initial": "0", "final": "1"], "1"),
    (["initial": "1", "final": "0-1"], "0-1"), (["initial": "", "final": ""], ""),
  ]

  /// As runc does: the final list counts in the end; with the initial one alone that stays; with none, all.
  @Test(.enabled(if: Machine.hasTwoCPUs, "needs CPUs 0 and 1"), arguments: affinities.indices)
  func execCPUAffinityIsThatOfProcessesOfExec(index: Int) throws {
    let (affinity, wanted) = Self.affinities[index]
    let container = try Container { config in
      config["process.execCPUAffinity"] = affinity
      config["root.readonly"] = false
    }
    try container.runDetached("\(Self.allowed) > /tmp/first; exec sleep 1000")
    #expect(eventually { !readText(container.rootfs + "/tmp/first").isEmpty })
    #expect(processStatus(readText(container.rootfs + "/tmp/first"))["Cpus_allowed_list"] == Machine.cpus)
    let inside = try container.exec(["/bin/sh", "-c", Self.allowed])
    #expect(try cpus(inside) == (wanted.isEmpty ? Machine.cpus : wanted))
  }

  /// With `--debug` the mask of the beginning is told, as runc tells it.
  @Test(.enabled(if: Machine.hasTwoCPUs, "needs CPUs 0 and 1")) func initialAffinityIsTold() throws {
    let container = try Container { $0["process.execCPUAffinity"] = ["initial": "1"] }
    try container.runDetached()
    let scratch = container.scratch
    let output = try scratch.run([scratch.apus, "--root", scratch.root, "--debug", "exec", container.id, "true"])
    #expect(try output.succeed().stderr.contains("nsexec: affinity: 0x2\""))
  }

  /// The process of `exec --process` has its own, or that of the container.
  @Test(.enabled(if: Machine.hasTwoCPUs, "needs CPUs 0 and 1")) func affinityOfTheProcessFileComesFirst() throws {
    let container = try Container { $0["process.execCPUAffinity"] = ["final": "0"] }
    try container.runDetached()
    let file = container.scratch.path("process-\(container.id).json")
    var process: JSONValue = ["cwd": "/", "args": ["/bin/sh", "-c", .string(Self.allowed)], "env": ["PATH=/bin"]]
    for (own, wanted) in [(nil, "0"), ("1", "1")] as [(String?, String)] {
      if let own { process["execCPUAffinity"] = ["final": .string(own)] }
      try Data(try process.text.utf8).write(to: URL(filePath: file))
      let output = try container.apus("exec", "--process", file, container.id)
      #expect(try cpus(output) == wanted)
    }
  }

  @Test(arguments: ["x", "0-", "1-0", "-1", "0,,1", "0-99999999"])
  func listsOfCPUsAreChecked(list: String) throws {
    for part in ["initial", "final"] {
      let container = try Container { $0["process.execCPUAffinity"] = [part: .string(list)] }
      try container.expectRefusal(saying: "process.execCPUAffinity.\(part)", "is no list of CPUs")
    }
  }

  /// CPUs that the machine does not have: the kernel's refusal names the property.
  @Test func missingCPUsAreRefused() throws {
    let container = try Container { $0["process.execCPUAffinity"] = ["final": "4000"] }
    try container.runDetached()
    let output = try container.exec(["/bin/true"])
    #expect(output.isRefusal)
    #expect(output.stderr.contains("process.execCPUAffinity.final") && output.stderr.contains("4000"))
  }

  static let policies: [(JSONValue, String)] = [
    (["mode": "MPOL_BIND", "nodes": "0"], "bind:0"), (["mode": "MPOL_INTERLEAVE", "nodes": "0"], "interleave:0"),
    (["mode": "MPOL_PREFERRED", "nodes": "0"], "prefer:0"), (["mode": "MPOL_LOCAL"], "local"),
    (["mode": "MPOL_PREFERRED_MANY", "nodes": "0"], "prefer (many):0"), (["mode": "MPOL_DEFAULT"], "default"),
    (["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]], "bind=static:0"),
    (["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]], "bind=relative:0"),
  ]

  /// In the container's process and in one of `exec`, by what the kernel says of its memory.
  @Test(.enabled(if: Machine.hasNUMA, "the kernel is built without NUMA"), arguments: policies.indices)
  func memoryPolicyIsThatOfTheConfig(index: Int) throws {
    let (policy, wanted) = Self.policies[index]
    let container = try Container { $0["linux.memoryPolicy"] = policy }
    try container.runDetached()
    let pid = try container.pid
    #expect(eventually { readText("/proc/\(pid)/numa_maps").contains("busybox") })
    for text in [
      readText("/proc/\(pid)/numa_maps"), try container.exec(["/bin/cat", "/proc/self/numa_maps"]).succeed().stdout,
    ] {
      let heap = try #require(text.split(separator: "\n").first { $0.contains(" heap ") || $0.contains("stack") })
      #expect(heap.dropFirst(heap.prefix { $0 != " " }.count + 1).hasPrefix(wanted + " "), "\(text)")
    }
  }

  static let wrongPolicies: [(JSONValue, String, String)] = [
    ([:], "mode", "invalid memory policy mode \"\"; one of MPOL_DEFAULT,"),
    (["mode": "MPOL_X"], "mode", "invalid memory policy mode \"MPOL_X\""),
    (["mode": "MPOL_BIND"], "nodes", "must name at least one node"),
    (["mode": "MPOL_LOCAL", "nodes": "0"], "nodes", "mode requires 0 nodes but got 1"),
    (["mode": "MPOL_BIND", "nodes": "x"], "nodes", "invalid memory policy nodes \"x\""),
    (["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_X"]], "flags[0]", "invalid memory policy flag"),
  ]

  @Test(arguments: wrongPolicies.indices) func memoryPoliciesAreChecked(index: Int) throws {
    let (policy, property, phrase) = Self.wrongPolicies[index]
    let container = try Container { $0["linux.memoryPolicy"] = policy }
    try container.expectRefusal(saying: "config.json.linux.memoryPolicy.\(property): ", phrase)
  }

  @Test func missingNodesAreRefused() throws {
    let container = try Container { $0["linux.memoryPolicy"] = ["mode": "MPOL_BIND", "nodes": "900"] }
    try container.expectRefusal(
      saying: "config.json.linux.memoryPolicy", "the memory policy MPOL_BIND of nodes 900: invalid argument")
  }
}
