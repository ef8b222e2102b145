/// What an ordinary user's cgroups need of systemd (systemd.resource-control(5), "Delegate=").
enum CgroupDelegation {
  /// The controllers that systemd can give to users.
  static let controllers = ["cpu", "cpuset", "io", "memory", "pids"]

  /// For the end of a message.
  static let mend =
    "let systemd delegate it: put the lines [Service] and Delegate=\(controllers.joined(separator: " ")) into "
    + "/etc/systemd/system/user@.service.d/delegate.conf, run systemctl daemon-reload, log in anew, "
    + "and start apus below user@.service: systemd-run --user --scope apus …"
}
