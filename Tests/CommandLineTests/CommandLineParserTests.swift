import Testing

@testable import CommandLine

@Suite struct CommandLineParserTests {
  // MARK: - How an option is written

  @Test(arguments: [
    "create --bundle /b web", "create --bundle=/b web", "create -bundle /b web", "create -bundle=/b web",
    "create -b /b web", "create -b=/b web", "create --b /b web", "create web --bundle /b", "create web -b=/b",
    "create --bundle /a --bundle /b web", "create --bundle /b -- web", "-- create --bundle /b web",
  ])
  func aValueIsWrittenInManyWays(_ line: String) throws {
    let invocation = try parsed(line)
    #expect(invocation.options.string(.bundle) == "/b")
    #expect(invocation.options.has(.bundle))
    #expect(invocation.arguments == ["web"])
  }

  @Test(arguments: [
    ("run web", false, false), ("run --detach web", true, true), ("run -d web", true, true),
    ("run -detach web", true, true), ("run web -d", true, true), ("run --detach=true web", true, true),
    ("run -d=1 web", true, true), ("run --detach= web", true, true), ("run --detach=false web", false, true),
    ("run -d=F web", false, true), ("run -d -d=false web", false, true), ("run -d=0 --detach web", true, true),
  ])
  func aFlagIsOnOrOff(_ line: String, _ expected: Bool, _ given: Bool) throws {
    let invocation = try parsed(line)
    #expect(invocation.options.flag(.detach) == expected)
    #expect(invocation.options.has(.detach) == given)
    #expect(invocation.arguments == ["web"])
  }

  @Test func aFlagTakesNoWord() throws {
    #expect(throws: UsageError.self) { try parsed("run --detach false web") }
    #expect(try parsed("exec --tty false web").arguments == ["false", "web"])
  }

  @Test func aValueMayLookLikeAnOptionOrHoldAnEqualsSign() throws {
    #expect(try parsed("create --bundle --pid-file web").options.string(.bundle) == "--pid-file")
    #expect(try parsed("update --memory -1 web").options.size(.memory) == -1)
    #expect(try parsed("exec --env=A=B=C web true").options.strings(.env) == ["A=B=C"])
  }

  @Test func anEmptyValueIsAsGoodAsNone() throws {
    let invocation = try parsed("--log= --log-format '' --rootless '' create --bundle= web")
    #expect(invocation.options.string(.bundle) == nil)
    #expect(invocation.options.has(.bundle))
    #expect(invocation.global == GlobalOptions())
    let limits = try parsed("update --cpu-period '' --memory '' web").options
    #expect(limits.integer(.cpuPeriod) == nil && limits.size(.memory) == nil)
  }

  @Test func valuesAddUpAndKeepTheirCommas() throws {
    let options = try parsed(
      "exec -e A=1 --env B=2,3 --cap CAP_A -c CAP_B,CAP_C -g 10 --additional-gids=0x14 --cgroup cpu,cpuacct:sub web true"
    ).options
    #expect(options.strings(.env) == ["A=1", "B=2,3"])
    #expect(options.strings(.cap) == ["CAP_A", "CAP_B,CAP_C"])
    #expect(options.strings(.cgroup) == ["cpu,cpuacct:sub"])
    #expect(options.integers(.additionalGids) == [10, 20])
    #expect(options.has(.env) && options.has(.additionalGids))
    #expect(options.strings(.emptyNs).isEmpty && !options.has(.emptyNs))
  }

  @Test func numbersSizesAndTimes() throws {
    let line = """
      update --memory 64M --memory-swap -1 --memory-reservation 1024 --pids-limit 0 --cpu-quota -1 \
      --cpu-period 050000 --cpu-idle 1 --blkio-weight 0x64 --cpuset-cpus 0-2,4 web
      """
    let options = try parsed(line).options
    #expect(options.size(.memory) == 64 << 20)
    #expect(options.size(.memorySwap) == -1)
    #expect(options.size(.memoryReservation) == 1024)
    #expect(options.has(.memory) && !options.has(.kernelMemory))
    #expect(options.integer(.pidsLimit) == 0)
    #expect(options.has(.pidsLimit) && !options.has(.cpuShare))
    #expect(options.integer(.cpuQuota) == -1)
    #expect(options.integer(.cpuPeriod) == 50000)
    #expect(options.integer(.cpuIdle) == 1)
    #expect(options.integer(.blkioWeight) == 100)
    #expect(options.string(.cpusetCpus) == "0-2,4")
    let events = try parsed("events --interval 1m30s --stats web").options
    #expect(events.duration(.interval) == .seconds(90))
    #expect(events.flag(.stats) && events.has(.interval))
    #expect(try parsed("create --preserve-fds=3 web").options.integer(.preserveFds) == 3)
  }

  // MARK: - Where an option stands

  @Test func optionsOfTheProgramStandOnBothSides() throws {
    let invocation = try parsed("--debug start --root /r --log-format=json web --systemd-cgroup")
    #expect(invocation.global.debug && invocation.global.systemdCgroup)
    #expect(invocation.global.root == "/r")
    #expect(invocation.global.logFormat == .json)
    #expect(invocation.arguments == ["web"])
  }

  @Test func theCommandsOwnOptionComesFirst() throws {
    let invocation = try parsed("--rootless false spec --rootless")
    #expect(invocation.global.rootless == .off)
    #expect(invocation.options.flag(.rootless))
    #expect(try parsed("list --rootless true").global.rootless == .on)
  }

  @Test(arguments: [
    ("exec web sh -c ls", ["web", "sh", "-c", "ls"]), ("exec -t web ls --help", ["web", "ls", "--help"]),
    ("exec web --help", ["web", "--help"]), ("exec web -- ls -l", ["web", "ls", "-l"]),
    ("exec -- web -- ls", ["web", "--", "ls"]), ("exec web ls -- -l", ["web", "ls", "--", "-l"]),
    ("exec web ''", ["web", ""]), ("ps web -aux", ["web", "-aux"]), ("ps web -o pid,args", ["web", "-o", "pid,args"]),
    ("kill web -9", ["web", "-9"]), ("kill web --all", ["web", "--all"]), ("kill web", ["web"]),
  ])
  func whatFollowsTheIdIsVerbatim(_ line: String, _ expected: [String]) throws {
    let invocation = try parsed(line)
    #expect(invocation.arguments == expected)
    #expect(!invocation.options.flag(.all))
  }

  @Test(arguments: [
    ("delete web --force", ["web"]), ("state -- --web", ["--web"]), ("state -", ["-"]), ("state ''", [""]),
    ("state -9", ["-9"]), ("start help", ["help"]), ("start h", ["h"]), ("start create", ["create"]),
    ("explain", []), ("explain web", ["web"]),
  ])
  func wordsThatAreNoOptions(_ line: String, _ expected: [String]) throws {
    #expect(try parsed(line).arguments == expected)
  }

  @Test func theProgramIsNamedByItsPath() throws {
    let invocation = try parsed("start web", program: "/usr/sbin/runc")
    #expect(invocation.program == "runc")
    #expect(invocation.path == "/usr/sbin/runc")
  }

  @Test(
    arguments: [
      ("apus", "apus"), ("/a/runc", "runc"), ("./x", "x"), ("/", "apus"), ("", "apus"), ("a\nb", "a\\nb"),
      (nil, "apus"),
    ] as [(String?, String)])
  func programName(_ path: String?, _ expected: String) {
    #expect(Request.programName(of: path) == expected)
  }

  // MARK: - Help

  @Test(
    arguments: [
      ("", nil), ("--help", nil), ("-h", nil), ("--debug", nil), ("help", nil), ("h", nil), ("help help", nil),
      ("--", nil), ("help create", .create), ("h exec", .exec), ("--help create", .create), ("-h run web", .run),
      ("create --help", .create), ("create -h", .create), ("create web --help", .create), ("run -help", .run),
      ("--version --help", nil), ("kill --help", .kill), ("exec -h", .exec), ("delete --force --help", .delete),
      ("create --help --nonsense", .create), ("--root /r list --help", .list),
    ] as [(String, Command?)])
  func helpIsAskedForInManyWays(_ line: String, _ expected: Command?) throws {
    guard case .help(let topic) = try Request.parse(["apus"] + words(line)) else {
      Issue.record("no help: \(line)")
      return
    }
    #expect(topic == expected)
  }

  @Test func helpCanBeSwitchedOff() throws {
    #expect(try parsed("--help=false --version=0 start --help=false web").command == .start)
  }

  @Test func noWordsAtAllAreHelp() throws {
    guard case .help(nil) = try Request.parse([]) else {
      Issue.record("no help")
      return
    }
  }

  // MARK: - Anything

  /// Whatever the words are, parsing ends with a request or an error of one line.
  @Test func anyWordsEndInARequestOrOneLine() throws {
    let vocabulary =
      Command.allCases.map(\.name)
      + [
        "--", "-", "", "--bundle", "-b", "--bundle=", "--=", "-=", "--x", "-é", "--é=ü", "\u{301}", "-\u{301}=1", "web",
        "--memory", "1.5g", "--preserve-fds", "99999999999999999999", "--interval", "1h", "--root", "--log-format",
        "--all", "-a=maybe", "--help", "-v", "help", "a\nb", "--a\u{0}b", String(repeating: "-", count: 500),
        "--" + String(repeating: "é", count: 100), "--cpu-quota", "-9223372036854775808", "--env", "--status-fd=-1",
      ]
    var random = LinearCongruentialGenerator(state: 42)
    for _ in 0..<20_000 {
      let line = (0..<Int.random(in: 0...7, using: &random)).compactMap { _ in
        vocabulary.randomElement(using: &random)
      }
      do throws(UsageError) {
        _ = try Request.parse(line)
      } catch {
        #expect(!error.message.contains("\n"), "\(line)")
        #expect(error.message.unicodeScalars.count < 600, "\(line)")
      }
    }
  }
}

/// The same words at each run.
struct LinearCongruentialGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
