import Glibc
import JSON
import OCI
import Seccomp

/// Prints how long the profile of a config.json takes to compile: the first time in the life of the process, with its
/// page faults, and the median of further times.
///
/// usage: seccomp-compiler CONFIG.JSON [FURTHER TIMES]

func nanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

func content(of path: String) -> [UInt8] {
  let file = open(path, O_RDONLY)
  var bytes = [UInt8](repeating: 0, count: 1 << 22)
  var count = 0
  while case let more = bytes[count...].withUnsafeMutableBytes({ read(file, $0.baseAddress, $0.count) }), more > 0 {
    count += more
  }
  close(file)
  return Array(bytes[..<count])
}

let arguments = CommandLine.arguments
guard arguments.count > 1, let profile = try Spec(json: content(of: arguments[1]), named: "config").linux?.seccomp else {
  print("usage: seccomp-compiler CONFIG.JSON [FURTHER TIMES]")
  exit(2)
}
var usage = rusage()
getrusage(0, &usage)  // RUSAGE_SELF
let faults = usage.ru_minflt
var start = nanoseconds()
let program = try FilterProgram(compiling: profile)
let cold = nanoseconds() - start
getrusage(0, &usage)  // RUSAGE_SELF
var times: [Int] = []
for _ in 0..<(arguments.count > 2 ? Int(arguments[2]) ?? 200 : 200) {
  start = nanoseconds()
  _ = try FilterProgram(compiling: profile)
  times.append(nanoseconds() - start)
}
times.sort()
print(
  "cold \(cold / 1000) us, \(usage.ru_minflt - faults) page faults; warm \(times[times.count / 2] / 1000) us;",
  "\(program.instructions.count) instructions")
