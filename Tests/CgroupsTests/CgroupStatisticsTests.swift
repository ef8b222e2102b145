import Cgroups
import Foundation
import JSON
import Kernel
import Testing

/// Files as kernels write them, in folders that stand for hierarchies.
@Suite struct CgroupStatisticsTests {
  final class Fixture {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("apus-statistics-\(UUID().uuidString)")
    deinit { try? FileManager.default.removeItem(at: root) }

    func cgroup(_ hierarchies: [String: [String: String]]) throws -> Cgroup {
      var folders: [CgroupRecord.Folder] = []
      for (name, files) in hierarchies {
        let folder = root.appendingPathComponent("x" + name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (file, text) in files {
          try text.write(to: folder.appendingPathComponent(file), atomically: false, encoding: .utf8)
        }
        folders.append(CgroupRecord.Folder(hierarchy: name, path: folder.path))
      }
      return try Cgroup(CgroupRecord(folders: folders))
    }
  }

  static let v1: [String: [String: String]] = [
    "cpu,cpuacct": [
      "cpuacct.usage": "123456789\n", "cpuacct.usage_percpu": "100000000 23456789 \n",
      "cpuacct.stat": "user 5\nsystem 7\n", "cpuacct.usage_all": "cpu user system\n0 60 40\n1 20 3\n",
      "cpu.stat": "nr_periods 9\nnr_throttled 2\nthrottled_time 1000\nnr_bursts 0\nburst_time 0\n",
    ],
    "cpuset": [
      "cpuset.cpus": "0-2,5\n", "cpuset.mems": "0\n", "cpuset.cpu_exclusive": "1\n", "cpuset.mem_hardwall": "0\n",
      "cpuset.sched_load_balance": "1\n", "cpuset.sched_relax_domain_level": "-1\n",
    ],
    "memory": [
      "memory.stat": "cache 4096\nrss 8192\n", "memory.usage_in_bytes": "12288\n",
      "memory.max_usage_in_bytes": "20480\n",
      "memory.failcnt": "3\n", "memory.limit_in_bytes": "9223372036854771712\n", "memory.memsw.usage_in_bytes": "1\n",
      "memory.memsw.max_usage_in_bytes": "2\n", "memory.memsw.failcnt": "0\n", "memory.memsw.limit_in_bytes": "4\n",
      "memory.kmem.usage_in_bytes": "5\n", "memory.kmem.max_usage_in_bytes": "6\n", "memory.kmem.failcnt": "7\n",
    ],
    "pids": ["pids.current": "4\n", "pids.max": "max\n"],
    "blkio": [
      "blkio.bfq.io_serviced_recursive": "Total 0\n", "blkio.bfq.io_service_bytes_recursive": "Total 0\n",
      "blkio.throttle.io_serviced_recursive": "254:0 Read 1\n254:0 Write 0\n254:0 Total 1\nTotal 1\n",
      "blkio.throttle.io_service_bytes_recursive": "254:0 Read 4096\n254:0 Total 4096\nTotal 4096\n",
    ],
  ]

  @Test func readsV1() throws {
    let fixture = Fixture()
    let text = try fixture.cgroup(Self.v1).statistics().json()
    #expect(
      String(decoding: text, as: UTF8.self) == """
        {"cpu":{"usage":{"total":123456789,"percpu":[100000000,23456789],"percpu_kernel":[40,3],"percpu_user":[60,20],\
        "kernel":70000000,"user":50000000},"throttling":{"periods":9,"throttledPeriods":2,"throttledTime":1000}},\
        "cpuset":{"cpus":[0,1,2,5],"cpu_exclusive":1,"mems":[0],"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,\
        "memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":1,\
        "sched_relax_domain_level":-1},"memory":{"cache":4096,"usage":{"limit":9223372036854771712,"usage":12288,\
        "max":20480,"failcnt":3},"swap":{"limit":4,"usage":1,"max":2,"failcnt":0},"kernel":{"limit":0,"usage":5,"max":6,\
        "failcnt":7},"kernelTCP":{"limit":0,"failcnt":0},"raw":{"cache":4096,"rss":8192}},"pids":{"current":4},\
        "blkio":{"ioServiceBytesRecursive":[{"major":254,"op":"Read","value":4096},{"major":254,"op":"Total","value":4096}],\
        "ioServicedRecursive":[{"major":254,"op":"Read","value":1},{"major":254,"op":"Write"},\
        {"major":254,"op":"Total","value":1}]},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}
        """)
  }

  @Test func readsV2() throws {
    let fixture = Fixture()
    let pressure = "some avg10=1.50 avg60=0.00 avg300=12.34 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    let cgroup = try fixture.cgroup([
      "": [
        "cpu.stat": "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 1\nnr_throttled 1\nthrottled_usec 5\n",
        "cpu.pressure": pressure, "memory.stat": "anon 1\nfile 2\n", "memory.current": "1000\n", "memory.max": "max\n",
        "memory.peak": "2000\n", "memory.swap.current": "10\n", "memory.swap.max": "500\n",
        "memory.events": "low 0\nhigh 0\nmax 6\noom 1\noom_kill 1\n", "pids.current": "3\n", "pids.max": "10\n",
        "io.stat": "254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n8:0 \n",
      ]
    ])
    #expect(
      String(decoding: try cgroup.statistics().json(), as: UTF8.self) == """
        {"cpu":{"usage":{"total":30000,"kernel":10000,"user":20000},"throttling":{"periods":1,"throttledPeriods":1,\
        "throttledTime":5000},"psi":{"some":{"avg10":1.5,"avg60":0,"avg300":12.34,"total":99},"full":{"avg10":0,"avg60":0,\
        "avg300":0,"total":0}}},"cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,\
        "memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,\
        "sched_relax_domain_level":0},"memory":{"cache":2,"usage":{"limit":18446744073709551615,"usage":1000,"max":2000,\
        "failcnt":6},"swap":{"limit":18446744073709551615,"usage":1010,"failcnt":0},"kernel":{"limit":0,"failcnt":0},\
        "kernelTCP":{"limit":0,"failcnt":0},"raw":{"anon":1,"file":2},"events":{"high":0,"low":0,"max":6,"oom":1,\
        "oom_kill":1}},"pids":{"current":3,"limit":10},"blkio":{"ioServiceBytesRecursive":[{"major":254,"op":"Read",\
        "value":4096},{"major":254,"op":"Write"}],"ioServicedRecursive":[{"major":254,"op":"Read","value":1},\
        {"major":254,"op":"Write"}]},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}
        """)
  }

  /// CFQ of old kernels and BFQ with its debugging numbers have more.
  @Test(arguments: ["blkio.", "blkio.bfq."]) func readsEveryListOfBlockDevices(prefix: String) throws {
    let fixture = Fixture()
    let names = [
      "sectors", "io_service_time", "io_wait_time", "io_merged", "io_queued", "time", "io_serviced", "io_service_bytes",
    ]
    let files = names.enumerated().map { ("\(prefix)\($1)_recursive", "8:0 \($0 + 1)\nTotal \($0 + 1)\n") }
    let cgroup = try fixture.cgroup(["blkio": Dictionary(uniqueKeysWithValues: files)])
    let found = try cgroup.statistics().blockIO
    let lists = [
      found.sectors, found.serviceTime, found.waitTime, found.merged, found.queued, found.time, found.serviced,
      found.serviceBytes,
    ]
    #expect(lists.map { $0.map { $0.value } } == (1...8).map { [$0] })
    #expect(found.sectors[0].operation.isEmpty && found.sectors[0].major == 8)
  }

  @Test(arguments: [
    ("memory", "memory.usage_in_bytes", "lots\n", "\"lots\" has no number 1"),
    ("memory", "memory.stat", "cache many\n", "\"cache many\" has no number 2"),
    ("memory", "memory.usage_in_bytes", "18446744073709551616\n", "\"18446744073709551616\" has no number 1"),
    ("blkio", "blkio.throttle.io_serviced", "x Read 1\n", "\"x\" is no device"),
    ("blkio", "blkio.throttle.io_serviced", "8:0 Read\n", "\"8:0 Read\" has no number 2"),
    ("pids", "pids.current", "-1\n", "\"-1\" has no number 1"),
  ])
  func saysWhatItCannotRead(hierarchy: String, file: String, text: String, problem: String) throws {
    let fixture = Fixture()
    let cgroup = try fixture.cgroup([hierarchy: [file: text]])
    let path = fixture.root.appendingPathComponent("x\(hierarchy)/\(file)").path
    #expect(throws: CgroupError.malformed(path: path, problem: problem)) { try cgroup.statistics() }
  }

  @Test(.enabled(if: ScratchCgroup.isPossible)) func readsThisHost() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper("i=0; while [ $i != 20000 ]; do i=$((i+1)); done; sleep 600", in: scratch)
    try cgroup.attach(sleeper.pid)
    let deadline = monotonicNanoseconds() + 5_000_000_000
    while try cgroup.processes().count < 2, monotonicNanoseconds() < deadline { usleep(10_000) }
    let statistics = try cgroup.statistics()
    #expect(statistics.cpu.total > 0)
    #expect(statistics.tasks.current == 2)
    if ScratchCgroup.hasMemory { #expect(statistics.memory.usage.usage > 0 && !statistics.memory.raw.isEmpty) }
  }
}
