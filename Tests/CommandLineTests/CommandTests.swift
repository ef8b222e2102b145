import Testing

@testable import CommandLine

@Suite struct CommandTests {
  @Test(arguments: Command.allCases) func isDefinedAndFoundUnderItsOwnName(_ command: Command) {
    #expect(command.definition.command == command)
    #expect(Command(name: command.name) == command)
  }

  @Test func hasRuncsCommandsAndThreeMore() {
    let runc: Set = [
      "checkpoint", "create", "delete", "events", "exec", "features", "kill", "list", "pause", "ps", "restore",
      "resume", "run", "spec", "start", "state", "update",
    ]
    #expect(Set(Command.allCases.map(\.name)) == runc.union(["explain", "validate", "completion"]))
  }

  @Test(arguments: ["", "Create", "creat", "creates", "help", "h", "version", "init"])
  func findsNothingElse(_ name: String) {
    #expect(Command(name: name) == nil)
  }

  @Test(arguments: Command.allCases) func namesNoOptionTwice(_ command: Command) {
    let definition = command.definition
    let options = definition.options.list + definition.obsoleteOptions.list
    let names = options.flatMap { [$0.long] + ($0.short.map { [$0] } ?? []) } + ["help", "h"]
    #expect(Set(names).count == names.count, "\(names)")
    #expect(options.count <= OptionList.capacity)
  }

  /// The options of newest runc, by command; obsolete ones included.
  @Test(arguments: [
    ("create", "bundle b console-socket pidfd-socket pid-file no-pivot no-new-keyring preserve-fds"),
    (
      "run",
      "bundle b console-socket pidfd-socket detach d keep pid-file no-subreaper no-pivot no-new-keyring preserve-fds"
    ),
    (
      "exec",
      """
      console-socket pidfd-socket cwd env e tty t user u additional-gids g process p detach d pid-file \
      process-label apparmor no-new-privs cap c preserve-fds cgroup ignore-paused no-subreaper
      """
    ),
    ("kill", "all a"), ("delete", "force f"), ("list", "format f quiet q"), ("ps", "format f"),
    ("events", "interval stats"), ("spec", "bundle b rootless"),
    (
      "update",
      """
      resources r blkio-weight cpu-period cpu-quota cpu-burst cpu-share cpu-rt-period cpu-rt-runtime cpuset-cpus \
      cpuset-mems kernel-memory kernel-memory-tcp memory cpu-idle memory-reservation memory-swap pids-limit \
      l3-cache-schema mem-bw-schema
      """
    ),
    (
      "checkpoint",
      """
      image-path work-path parent-path leave-running tcp-established tcp-skip-in-flight link-remap ext-unix-sk \
      shell-job lazy-pages status-fd page-server file-locks pre-dump manage-cgroups-mode empty-ns auto-dedup
      """
    ),
    (
      "restore",
      """
      console-socket image-path work-path tcp-established ext-unix-sk shell-job file-locks manage-cgroups-mode \
      bundle b detach d pid-file no-subreaper no-pivot empty-ns auto-dedup lazy-pages lsm-profile \
      lsm-mount-context
      """
    ),
    ("start", ""), ("state", ""), ("pause", ""), ("resume", ""), ("features", ""),
  ])
  func takesTheOptionsOfRunc(_ name: String, _ expected: String) throws {
    let definition = try #require(Command(name: name)).definition
    let options = definition.options.list + definition.obsoleteOptions.list
    let names = options.flatMap { [$0.long] + ($0.short.map { [$0] } ?? []) }
    // Ours alone: the timeline of the steps.
    let own: Set = ["create", "run", "exec"].contains(name) ? ["trace"] : []
    #expect(Set(names) == Set(words(expected)).union(own))
  }

  @Test func everyOptionBelongsToACommandAndIsExplained() {
    let used = Command.allCases.flatMap {
      $0.definition.options.list + $0.definition.obsoleteOptions.list
    }
    let all =
      FlagOption.allCases.map(OptionIdentifier.flag) + StringOption.allCases.map(OptionIdentifier.string)
      + StringListOption.allCases.map(OptionIdentifier.strings) + IntegerOption.allCases.map(OptionIdentifier.integer)
      + IntegerListOption.allCases.map(OptionIdentifier.integers) + SizeOption.allCases.map(OptionIdentifier.size)
      + DurationOption.allCases.map(OptionIdentifier.duration)
    for option in all {
      #expect(used.contains(option), "\(option)")
    }
    for option in all + GlobalOption.allCases.map(OptionIdentifier.global) {
      #expect(option.definition.identifier == option)
      #expect(option.definition.help.hasSuffix("."), "\(option)")
      #expect((option.definition.placeholder != nil) == option.takesValue, "\(option)")
    }
  }

  @Test(arguments: [
    ("create", 1, 1), ("exec", 1, nil), ("kill", 1, 2), ("ps", 1, nil), ("list", 0, 0), ("explain", 0, 1),
    ("completion", 1, 1),
  ])
  func countsItsWords(_ name: String, _ minimum: Int, _ maximum: Int?) throws {
    let arguments = try #require(Command(name: name)).definition.arguments
    #expect(arguments.minimum == minimum)
    #expect(arguments.maximum == maximum)
  }

  @Test func onlyCommandsThatPassWordsOnEndTheirOptionsAtTheId() {
    let commands = Command.allCases.filter(\.definition.optionsEndAtFirstArgument)
    #expect(commands == [.kill, .exec, .ps])
  }
}
