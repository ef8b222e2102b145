import Foundation
import Glibc

/// Makes a root file system of one static busybox and a link for each of its applets.
func makeBusyboxRoot(at root: String, busybox: String) throws {
  let files = FileManager.default
  for folder in ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "usr/bin"] {
    try files.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
  }
  try files.copyItem(atPath: busybox, toPath: root + "/bin/busybox")
  let links = BusyboxLinks.folder
  for applet in busyboxApplets {
    let path = "\(root)/bin/\(applet)"
    guard unsafe link("\(links)/\(applet)", path) == 0 || symlink("busybox", path) == 0 else {
      throw TestSetupProblem("cannot make \(path)")
    }
  }
  try Data("root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n".utf8)
    .write(to: URL(filePath: root + "/etc/passwd"))
  try Data("root:x:0:\nalice:x:1000:\nstaff:x:50:alice\n".utf8).write(to: URL(filePath: root + "/etc/group"))
}

/// The applets' links, which all root file systems share: ext4 takes longer for a hundred new inodes than a container
/// for its whole life.
private enum BusyboxLinks {
  static let folder: String = {
    let folder = "/tmp/apus-test-\(getpid())-links"
    guard unsafe mkdir(folder, 0o755) == 0 else { return folder }
    for applet in busyboxApplets { unsafe symlink("busybox", "\(folder)/\(applet)") }
    atexit {
      for applet in busyboxApplets { unsafe unlink("\(BusyboxLinks.folder)/\(applet)") }
      unsafe rmdir(BusyboxLinks.folder)
    }
    return folder
  }()
}

/// The applets that the tests call inside a container.
private let busyboxApplets = [
  "sh", "awk", "basename", "cat", "chmod", "chown", "chroot", "cp", "cut", "date", "dd", "df", "dirname", "dmesg",
  "echo",
  "env", "expr", "false", "find", "free", "grep", "head", "hostname", "httpd", "id", "ifconfig", "ip", "kill",
  "killall", "ln",
  "ls", "mkdir", "mkfifo", "mknod", "mktemp", "mount", "mountpoint", "mv", "nc", "nice", "nohup", "nproc", "od",
  "pidof", "printenv", "printf", "ps", "pwd", "readlink", "realpath", "renice", "rm", "rmdir", "sed", "seq", "setsid",
  "sleep", "sort", "stat", "stty", "su", "sync", "sysctl", "tail", "tee", "test", "time", "timeout", "top", "touch",
  "tr", "true", "tty", "ulimit", "umount", "uname", "unshare", "usleep", "wc", "whoami", "xargs", "yes",
]
