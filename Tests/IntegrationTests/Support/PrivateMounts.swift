import Foundation
import Glibc
import Synchronization

/// A mount namespace of its own, with an empty /run, held by one process until `release`.
///
/// The test process has threads and cannot unshare; so a holder does, and every command enters by `nsenter`, which
/// becomes the command: its pid is the command's. The holder reads from a FIFO that only the test process has open
/// for writing, so it ends with the tests however they end.
final class PrivateMounts: Sendable {
  let pid: pid_t
  private let leash: Int32
  private let directory: String

  init(in directory: String) throws {
    self.directory = directory
    let fifo = directory + "/leash"
    let files = OutputFiles(stdout: directory + "/holder.out", stderr: directory + "/holder.err")
    guard unsafe mkfifo(fifo, 0o600) == 0 else { throw TestSetupProblem("cannot make \(fifo)") }
    leash = unsafe open(fifo, O_RDWR | O_CLOEXEC)
    // Where there is a systemd, it stays within reach (scripts/private-run.sh).
    let script = """
      mkdir run && mount -t tmpfs tmpfs run && if [ -S /run/systemd/private ]; then for place in systemd dbus; do
        [ ! -d /run/$place ] || { mkdir run/$place && mount --bind /run/$place run/$place; }
      done; fi && mount --no-mtab --move run /run && rmdir run && echo ready && read -r end
      """
    let holder = try RunningCommand(
      ["/usr/bin/unshare", "-m", "--propagation", "private", "--wd", directory, "/bin/sh", "-c", script],
      environment: [PrivateMounts.path], stdin: fifo, files: files)
    pid = holder.release()
    guard eventually(within: 5, { readText(files.stdout) == "ready\n" }) else {
      throw TestSetupProblem("no private mount namespace: \(readText(files.stderr))")
    }
  }

  static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// The words that run a command inside, with this working directory.
  func entering(_ command: [String], workingDirectory: String) -> [String] {
    ["/usr/bin/nsenter", "--mount=/proc/\(pid)/ns/mnt", "--wdns=\(workingDirectory)", "--"] + command
  }

  /// Every mount of the namespace, a line each, as the kernel lists them.
  var mounts: [String] { readText("/proc/\(pid)/mountinfo").split(separator: "\n").map(String.init) }

  func release() {
    close(leash)
    var status: Int32 = 0
    unsafe waitpid(pid, &status, 0)
  }
}
