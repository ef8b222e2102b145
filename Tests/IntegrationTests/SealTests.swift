import Foundation
import Glibc
import Testing

/// A container must not be able to write the file of the runtime that made it (CVE-2019-5736, security case A1). All of
/// it is tried on a copy of the binary.
@Suite(.scratch) struct SealTests {
  /// What stands between the container and the file.
  enum Seal: String, CaseIterable {
    /// The kernel has everything: the program moves into the view of its file before libc starts.
    case overlay
    /// Its executable may not be changed (PR_SET_MM): it starts once more, from the view.
    case secondStart
    /// No fsopen(2): it is refused or missing, as inside other containers.
    case memoryWithoutPermission = "EPERM"
    case memoryWithoutCall = "ENOSYS"
  }

  @Test(arguments: Seal.allCases)
  func theRunningBinaryCannotBeWritten(_ seal: Seal) throws {
    let scratch = try Scratch.current
    let copy = scratch.path("apus-copy")
    try FileManager.default.copyItem(atPath: scratch.apus, toPath: copy)
    let before = try Data(contentsOf: URL(filePath: copy))
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    // Without the mount calls nothing in the container could be mounted either: the seal alone must do without.
    var words = container.words("create")
    words[0] = copy
    let refused: Refused = seal == .secondStart ? .changeOfExecutable : .mounts(seal.rawValue)
    let output = try scratch.run(seal == .overlay ? words : ["/usr/bin/python3", try refuser(refused)] + words)
    if [.overlay, .secondStart].contains(seal) {
      #expect(output.status == 0, "\(output.stderr)")
      let pid = try container.pid
      // Only the second start leaves its mark.
      #expect(readText("/proc/\(pid)/environ").contains("_APUS_SEALED") == (seal == .secondStart))
      try expectNothingMapped(of: copy, in: pid)
      // Before start, the init is a copy of the runtime.
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
      #expect(link.hasSuffix("apus-copy"))
      let descriptor = unsafe open("/proc/\(pid)/exe", O_WRONLY | O_CLOEXEC)
      #expect(descriptor < 0 && errno == EROFS, "it could be opened for writing")
      if descriptor >= 0 { close(descriptor) }
      // Nor through a descriptor for reading, opened again for writing.
      let reading = unsafe open("/proc/\(pid)/exe", O_RDONLY | O_CLOEXEC)
      #expect(reading >= 0)
      let writing = unsafe open("/proc/self/fd/\(reading)", O_WRONLY | O_TRUNC | O_CLOEXEC)
      #expect(writing < 0)
      close(reading)
      if writing >= 0 { close(writing) }
    } else {
      // The seal has fallen back to a copy in memory and the program went on: what fails is the first mount.
      #expect(output.status == 1)
      #expect(output.stderr.contains("mount proc on /proc"), "\(output.stderr)")
      #expect(output.stderr.contains(seal.rawValue), "\(output.stderr)")
    }
    #expect(try Data(contentsOf: URL(filePath: copy)) == before)
  }

  /// A copy in memory with every seal serves where there is no overlay: the runtime says so by its own file.
  @Test(arguments: ["EPERM", "ENOSYS"])
  func fallsBackToMemory(_ errno: String) throws {
    let scratch = try Scratch.current
    let container = try Container { config in
      // A container without mounts, so that nothing but the seal wants fsopen.
      config.dropNamespace("mount")
      config["mounts"] = []
      config["linux.maskedPaths"] = nil
      config["linux.readonlyPaths"] = nil
      config["root.readonly"] = false
      config["process.args"] = ["/bin/sleep", "1000"]
    }
    let output = try scratch.run(["/usr/bin/python3", try refuser(.mounts(errno))] + container.words("create"))
    #expect(output.status == 0, "\(output.stderr)")
    guard output.status == 0 else { return }
    let pid = try container.pid
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
    #expect(link.hasPrefix("/memfd:apus"), "\(link)")
    let descriptor = unsafe open("/proc/\(pid)/exe", O_WRONLY | O_CLOEXEC)
    let bytes = [UInt8](repeating: 0, count: 4)
    // A sealed memfd opens, and refuses every write.
    let written = descriptor >= 0 ? unsafe write(descriptor, bytes, 4) : -1
    #expect(written < 0)
    if descriptor >= 0 { close(descriptor) }
    try container.delete("--force").succeed()
  }

  /// An environment variable proves nothing: whoever sets it gets a refusal or a sealed program, never an open one.
  @Test func theMarkerAloneIsRefused() throws {
    let scratch = try Scratch.current
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    let output = try scratch.start(container.words("create"), environment: ["_APUS_SEALED=1"]).wait()
    #expect(output.status == 1)
    #expect(output.stderr.contains("could not be protected"), "\(output.stderr)")
  }

  /// The memory of the process holds no page of the installed file itself, by which it could be reached.
  private func expectNothingMapped(of file: String, in pid: pid_t) throws {
    let status = try FileManager.default.attributesOfItem(atPath: file)
    let inode = try #require(status[.systemFileNumber] as? Int)
    let device = try #require(status[.systemNumber] as? Int)
    let own = "\(hexadecimal(device >> 8 & 0xfff)):\(hexadecimal(device & 0xff | device >> 12 & 0xfff00))"
    let mapped = readText("/proc/\(pid)/maps").split(separator: "\n").map { $0.split(separator: " ") }
      .filter { $0.count > 4 && $0[4] == "\(inode)" }
    #expect(mapped.count >= 4, "the program's segments")
    for line in mapped { #expect(line[3] != own, "\(line.joined(separator: " "))") }
  }

  private func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }

  /// What a launcher refuses.
  private enum Refused {
    /// fsopen(2), with this error.
    case mounts(String)
    /// prctl(PR_SET_MM), as without privilege.
    case changeOfExecutable

    /// The number of the call, or of an operation that is its first argument; the error.
    var filter: String {
      switch self {
      // fsopen is 430 everywhere.
      case .mounts(let errno): "[(0x20, 0, 0, 0), (0x15, 0, 1, 430), (0x06, 0, 0, 0x50000 | errno.\(errno))"
      // Load the number of the call; is it prctl; load the operation; is it PR_SET_MM.
      case .changeOfExecutable:
        "[(0x20, 0, 0, 0), (0x15, 0, 3, 157 if platform.machine() == 'x86_64' else 167), "
          + "(0x20, 0, 0, 16), (0x15, 0, 1, 35), (0x06, 0, 0, 0x50000 | errno.EPERM)"
      }
    }
  }

  /// Makes a launcher that answers a system call with an error and then becomes the command.
  private func refuser(_ refused: Refused) throws -> String {
    let path = try Scratch.current.path("refuse.py")
    let script = """
      import ctypes, errno, os, platform, struct, sys
      libc = ctypes.CDLL(None, use_errno=True)
      # Refuse one call, allow all else.
      program = b"".join(struct.pack("HBBI", *line) for line in \(refused.filter), (0x06, 0, 0, 0x7fff0000)])
      buffer = ctypes.create_string_buffer(program, len(program))
      filter = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
      if libc.prctl(22, 2, ctypes.create_string_buffer(filter), 0, 0):
          sys.exit("no filter: " + os.strerror(ctypes.get_errno()))
      os.execv(sys.argv[1], sys.argv[1:])
      """
    try Data(script.utf8).write(to: URL(filePath: path))
    return path
  }
}
