import Foundation
import Glibc
import Protobuf
import Testing

/// Pods as Kubernetes makes them, by containerd's plugin for it, with apus as a RuntimeClass (packages containerd,
/// containernetworking-plugins, docker-registry, python3-grpcio).
@Suite(.scratch, .controllers("cpu", "memory", "pids")) struct EnginesKubernetesTests {
  /// An engine with a registry, a network and an image in the registry, and no image anywhere else.
  private func makeKubelet() throws -> Kubelet {
    let scratch = try Scratch.current
    let programs = URL(filePath: scratch.apus).deletingLastPathComponent().path
    let engine = try Engine(
      environment: ["PATH=\(programs):\(TestEnvironment.containerd):/usr/sbin:/usr/bin:/sbin:/bin"])
    let folder = engine.folder
    try engine.write(
      """
      version: 0.1
      storage: {filesystem: {rootdirectory: \(folder)/registry}}
      http: {addr: "127.0.0.1:5000"}
      """, to: "registry.yml")
    try engine.serve(
      ["/usr/bin/docker-registry", "serve", scratch.path("registry.yml")],
      until: ["/usr/bin/python3", "-c", "import socket; socket.create_connection(('127.0.0.1', 5000))"])
    try FileManager.default.createDirectory(atPath: scratch.path("cni"), withIntermediateDirectories: false)
    try engine.write(
      """
      {"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "pods0", "isGateway": true,
        "ipam": {"type": "host-local", "dataDir": "\(folder)/addresses", "ranges": [[{"subnet": "10.88.0.0/16"}]],
                 "routes": [{"dst": "0.0.0.0/0"}]}}]}
      """, to: "cni/pods.conflist")
    // The plugins' library keeps what it did there, whatever the configuration says.
    try engine.run(["/bin/sh", "-euc", "mkdir -p /var/lib/cni; mount -t tmpfs tmpfs /var/lib/cni"]).succeed()
    try engine.serveContainerd(
      plugins: """
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "127.0.0.1:5000/pause:1"
          restrict_oom_score_adj = true
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/usr/lib/cni"
            conf_dir = "\(scratch.path("cni"))"
          [plugins."io.containerd.grpc.v1.cri".containerd]
            default_runtime_name = "apus"
          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.apus]
            runtime_type = "io.containerd.apus.v2"
        """)
    let names = [Kubelet.image, "127.0.0.1:5000/pause:1"]
    let ctr = ["\(TestEnvironment.containerd)/ctr", "--address", "\(folder)/containerd.sock"]
    try engine.run(ctr + ["images", "import", try Containerd.makeImage(in: scratch, names: names)]).succeed()
    for name in names { try engine.run(ctr + ["images", "push", "--plain-http", name]).succeed() }
    return try Kubelet(engine)
  }

  private func end(_ kubelet: Kubelet) throws {
    #expect(eventually(within: 10) { kubelet.engine.processes(named: "containerd-shim").isEmpty })
    try kubelet.engine.run(["/bin/umount", "/var/lib/cni"]).succeed()
    try kubelet.engine.end(states: ["/run/containerd/apus/k8s.io", "/run/containerd/s"])
  }

  private func readInside(_ cgroup: String, _ controller: String, _ file: String, _ kubelet: Kubelet) throws -> String {
    let find = "cat /sys/fs/cgroup/\(controller)/\(kubelet.engine.name)/\(cgroup)/\(file)"
    return try kubelet.engine.run(["/bin/sh", "-c", find]).stdout
  }

  @Test func aPodOfTwoContainers() throws {
    let kubelet = try makeKubelet()
    try kubelet.call("ImageService/PullImage") { $0.message(1) { $0.string(1, Kubelet.image) } }
    let pod = try kubelet.runPod("p", sharesProcesses: true)
    let script = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done"
    let limits = Kubelet.Limits(shares: 512, memory: 64 << 20)
    let writer = try kubelet.start("writer", in: pod, ["/bin/sh", "-c", script], limits)
    let sleeper = try kubelet.start("sleeper", in: pod, ["/bin/sleep", "1000"])
    #expect(try kubelet.status(writer).state == 1 && kubelet.status(sleeper).state == 1)
    #expect(kubelet.engine.processes(named: "containerd-shim").count == 1, "a pod has one shim")

    for (name, isShared) in [("net", true), ("ipc", true), ("uts", true), ("pid", true), ("mnt", false)] {
      let links = try [writer, sleeper].map { try kubelet.exec($0, "/bin/readlink", "/proc/self/ns/\(name)").stdout }
      #expect((links[0] == links[1]) == isShared, "\(name): \(links)")
    }
    #expect(try kubelet.exec(sleeper, "/bin/hostname").stdout == "host-p\n")
    #expect(try kubelet.exec(sleeper, "/bin/ip", "addr", "show", "eth0").stdout.contains("inet 10.88."))
    #expect(try kubelet.exec(sleeper, "/bin/ps").stdout.contains("line $i"))
    let failed = try kubelet.exec(sleeper, "/bin/sh", "-c", "echo out; echo err >&2; exit 3")
    #expect(failed == (3, "out\n", "err\n"))
    // One that takes too long is killed.
    let slow = try kubelet.attempt("RuntimeService/ExecSync") { request in
      request.string(1, sleeper)
      request.string(2, ["/bin/sleep", "987"])
      request.unsigned(3, 1 as UInt64)
    }
    #expect(slow.stderr.hasPrefix("DEADLINE_EXCEEDED"))
    #expect(try !kubelet.exec(sleeper, "/bin/ps").stdout.contains("987"))

    try checkLimits(kubelet, writer)
    try checkLogs(kubelet, pod, writer)
    try checkEnds(kubelet, pod, writer, sleeper)
    try kubelet.remove(pod)
    try end(kubelet)
  }

  private func checkLimits(_ kubelet: Kubelet, _ id: String) throws {
    let isUnified = FileManager.default.fileExists(atPath: "/sys/fs/cgroup/cgroup.controllers")
    func memory() throws -> String {
      try isUnified
        ? readInside(id, "", "memory.max", kubelet) : readInside(id, "memory", "memory.limit_in_bytes", kubelet)
    }
    #expect(try memory() == "\(64 << 20)\n")
    if !isUnified { #expect(try readInside(id, "cpu", "cpu.shares", kubelet) == "512\n") }
    try kubelet.call("RuntimeService/UpdateContainerResources") { request in
      request.string(1, id)
      request.message(2) { Kubelet.Limits(shares: 300, memory: 96 << 20).write(to: &$0) }
    }
    #expect(try memory() == "\(96 << 20)\n")
    if !isUnified { #expect(try readInside(id, "cpu", "cpu.shares", kubelet) == "300\n") }
    let stats = try kubelet.call("RuntimeService/ContainerStats") { $0.string(1, id) }.message(1)
    #expect(try stats.message(2).message(2).number(1) > 0, "processor time")
    #expect(try (1..<(96 << 20)).contains(stats.message(3).message(2).number(1)), "memory")
  }

  /// As the kubelet rotates: it renames the file, and asks for a new one. No line is lost or twice there.
  private func checkLogs(_ kubelet: Kubelet, _ pod: Kubelet.Pod, _ id: String) throws {
    let log = kubelet.logs(pod.name) + "/writer.log"
    #expect(eventually { readText(log).contains("stdout F line 3\n") })
    try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
    try kubelet.call("RuntimeService/ReopenContainerLog") { $0.string(1, id) }
    #expect(eventually { readText(log).split(separator: "\n").count > 2 })
    let lines = (readText(log + ".1") + readText(log)).split(separator: "\n").map {
      $0.split(separator: " ").dropFirst(2)
    }
    #expect(lines.enumerated().allSatisfy { $1 == ["F", "line", Substring("\($0)")] }, "\(lines)")
  }

  private func checkEnds(_ kubelet: Kubelet, _ pod: Kubelet.Pod, _ writer: String, _ sleeper: String) throws {
    // What takes all its memory is told apart by the event that the shim sends.
    let script = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"
    let greedy = try kubelet.start("greedy", in: pod, ["/bin/sh", "-c", script], Kubelet.Limits(memory: 16 << 20))
    #expect(try eventually(within: 20) { try kubelet.status(greedy).state == 2 })
    #expect(try kubelet.status(greedy) == (2, 137, "OOMKilled"))
    for (id, seconds, code) in [(writer, UInt64(0), UInt64(137)), (sleeper, 10, 143)] {
      try kubelet.call("RuntimeService/StopContainer") { request in
        request.string(1, id)
        request.unsigned(2, seconds)
      }
      #expect(try kubelet.status(id) == (2, code, "Error"))
    }
    for id in [greedy, writer] { try kubelet.call("RuntimeService/RemoveContainer") { $0.string(1, id) } }
  }

  /// The shim of a pod is killed: what containerd cleans up by one call of `delete`, for the sandbox, must be all of it.
  @Test func aPodWhoseShimDies() throws {
    let kubelet = try makeKubelet()
    try kubelet.call("ImageService/PullImage") { $0.message(1) { $0.string(1, Kubelet.image) } }
    let pod = try kubelet.runPod("p", sharesProcesses: false)
    let id = try kubelet.start("sleeper", in: pod, ["/bin/sleep", "986"])
    let shim = try #require(kubelet.engine.processes(named: "containerd-shim").first)
    kill(shim, SIGKILL)
    #expect(eventually(within: 10) { kubelet.engine.processes(named: "sleep", "986").isEmpty })
    #expect(
      try eventually(within: 10) {
        try kubelet.engine.run(["/usr/bin/find", "/sys/fs/cgroup", "-type", "d", "-path", "*\(kubelet.engine.name)/*"])
          .stdout.isEmpty
      })
    // What containerd itself makes of it is its own affair.
    for method in ["StopContainer", "RemoveContainer"] {
      _ = try kubelet.attempt("RuntimeService/" + method) { $0.string(1, id) }
    }
    for method in ["StopPodSandbox", "RemovePodSandbox"] {
      _ = try kubelet.attempt("RuntimeService/" + method) { $0.string(1, pod.id) }
    }
    try end(kubelet)
  }
}
