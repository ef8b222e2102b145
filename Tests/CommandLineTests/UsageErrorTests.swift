import Testing

@testable import CommandLine

@Suite struct UsageErrorTests {
  @Test(arguments: [
    ("foo", 3, "No help topic for 'foo': there is no such command"),
    ("foo -h", 3, "No help topic for 'foo': there is no such command"),
    ("help foo", 3, "No help topic for 'foo': there is no such command"),
    ("-h foo", 3, "No help topic for 'foo': there is no such command"),
    ("craete web", 3, "No help topic for 'craete': there is no such command, did you mean 'create'?"),
    ("version", 3, "No help topic for 'version': there is no such command, did you mean '--version'?"),
    ("validate web", 1, "apus: \"validate\" requires exactly 0 argument(s), got 1; the bundle is named by --bundle"),
    ("hepl", 3, "No help topic for 'hepl': there is no such command, did you mean 'help'?"),
    ("''", 3, "No help topic for '': there is no such command"),
    ("-9 web", 3, "No help topic for '-9': there is no such command"),
    ("-x", 1, "flag provided but not defined: -x"),
    ("--rot /r list", 1, "flag provided but not defined: -rot, did you mean '--root'?"),
    ("create --bundel=/b web", 1, "flag provided but not defined: -bundel, did you mean '--bundle'?"),
    ("create -v web", 1, "flag provided but not defined: -v"),
    ("exec -it web sh", 1, "flag provided but not defined: -it"),
    ("list --=x", 1, "flag provided but not defined: -"),
    ("create web --bundle", 1, "flag needs an argument: --bundle"),
    ("--root", 1, "flag needs an argument: --root"),
    ("create", 1, "apus: \"create\" requires exactly 1 argument(s), got 0"),
    ("create a b", 1, "apus: \"create\" requires exactly 1 argument(s), got 2"),
    ("list a", 1, "apus: \"list\" requires exactly 0 argument(s), got 1"),
    ("exec", 1, "apus: \"exec\" requires a minimum of 1 argument(s), got 0"),
    ("kill", 1, "apus: \"kill\" requires a minimum of 1 argument(s), got 0"),
    ("kill a 9 b", 1, "apus: \"kill\" requires a maximum of 2 argument(s), got 3"),
    ("explain a b", 1, "apus: \"explain\" requires a maximum of 1 argument(s), got 2"),
    ("completion tcsh", 1, "apus: \"completion\" takes bash, zsh or fish, not \"tcsh\""),
    ("run -d=maybe web", 1, "invalid value \"maybe\" for flag -d: must be true or false"),
    ("--debug=2 list", 1, "invalid value \"2\" for flag -debug: must be true or false"),
    ("run --preserve-fds x web", 1, "invalid value \"x\" for flag -preserve-fds: must be a whole number"),
    ("run --preserve-fds '' web", 1, "invalid value \"\" for flag -preserve-fds: must be a whole number"),
    ("run --preserve-fds -1 web", 1, "invalid value \"-1\" for flag -preserve-fds: must be 0 to 2147483647"),
    ("exec -g x web true", 1, "invalid value \"x\" for flag -g: must be a whole number"),
    (
      "update --pids-limit 9223372036854775808 web", 1,
      """
      invalid value "9223372036854775808" for flag -pids-limit: \
      must be -9223372036854775808 to 9223372036854775807
      """
    ),
    (
      "update --cpu-share -5 web", 1,
      "invalid value \"-5\" for flag -cpu-share: must be 0 or more, up to 9223372036854775807"
    ),
    (
      "update --memory much web", 1,
      "invalid value \"much\" for flag -memory: must be a number of bytes, as in 64M, or -1"
    ),
    (
      "update --memory 5q web", 1,
      "invalid value \"5q\" for flag -memory: the unit must be b, k, m, g, t or p"
    ),
    (
      "events --interval 5 web", 1,
      "invalid value \"5\" for flag -interval: must be a length of time with units, as in 5s or 1m30s"
    ),
    ("events --interval 0 web", 1, "duration interval must be greater than 0"),
    ("events --interval=-1s web", 1, "duration interval must be greater than 0"),
    ("list --format xml", 1, "invalid format option \"xml\": must be table or json"),
    (
      "checkpoint --manage-cgroups-mode none web", 1,
      "invalid manage-cgroups-mode value \"none\": must be soft, full, strict or ignore"
    ),
    ("checkpoint --empty-ns pid web", 1, "namespace \"pid\" is not supported, only network is"),
    ("--log-format xml list", 1, "invalid log-format: xml, must be text or json"),
    ("--rootless perhaps list", 1, "invalid value \"perhaps\" for flag -rootless: must be true, false or auto"),
    ("--root= list", 1, "invalid value \"\" for flag -root: must name a folder"),
  ])
  func isOneLineInRuncsWords(_ line: String, _ exitCode: Int32, _ message: String) throws {
    let error = try usageError(line)
    #expect(error.message == message)
    #expect(error.exitCode == exitCode)
  }

  @Test func namesTheProgramAsItWasCalled() throws {
    let error = try usageError("create", program: "/usr/sbin/runc")
    #expect(error.message == "runc: \"create\" requires exactly 1 argument(s), got 0")
    #expect(error.hint == "see 'runc create --help'")
    #expect(try usageError("nonsense", program: "runc").hint == "see 'runc --help'")
  }

  @Test func knowsWhereToBeLogged() throws {
    let error = try usageError("--log /l --log-format json --root /r create --nonsense --debug web")
    #expect(error.global.log == "/l")
    #expect(error.global.logFormat == .json)
    #expect(error.global.root == "/r")
    #expect(!error.global.debug)
    #expect(error.command == .create)
  }

  @Test func carriesNoControlCharacters() throws {
    let error = #expect(throws: UsageError.self) {
      try Request.parse(["apus", "create", "--a\u{1B}[31m\n\"\u{9B}"])
    }
    #expect(error?.message == "flag provided but not defined: -a\\x1b[31m\\n\\\"\\x9b")
    let long = #expect(throws: UsageError.self) { try Request.parse(["apus", String(repeating: "x", count: 5000)]) }
    #expect(long?.message.hasSuffix("x…': there is no such command") == true)
    #expect(long?.message.unicodeScalars.count == 247)
  }

  /// Callers swallow or translate errors by these phrases.
  @Test func saysNothingThatCallersMistake() {
    let problems: [UsageProblem] = [
      .unknownCommand("x", suggestion: "y"), .unknownOption("x", suggestion: "y"), .missingValue(option: "--x"),
      .invalidValue("x", option: "y", reason: "z"), .tooFewArguments(.exec, minimum: 1, given: 0),
      .tooManyArguments(.kill, maximum: 2, given: 3), .argumentCount(.create, exactly: 1, given: 0),
      .unknownShell("x"),
    ]
    for problem in problems {
      let error = UsageError(problem, program: "apus", command: nil, global: GlobalOptions())
      for phrase in ["does not exist", "permission denied", "no such file or directory", "container not running"] {
        #expect(!error.message.contains(phrase) && !error.hint.contains(phrase))
      }
    }
  }
}
