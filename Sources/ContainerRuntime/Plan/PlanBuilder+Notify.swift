internal import Kernel

extension PlanBuilder {
  /// The folder with the container's socket for its service manager: read-only, and after all other mounts. Without a
  /// mount namespace there is no place for it.
  var notifyMounts: [MountPlan] {
    guard let folder = options.notifyFolder, namespaces.mount != .host else { return [] }
    let target: ContainerPath
    do { target = try ContainerPath(NotifySocket.mountPoint) } catch { return [] }
    var plan = MountPlan(index: nil, target: target, source: .bind(folder, recursive: false))
    plan.set = [.readOnly, .noSUID, .noDevices, .noExecution]
    plan.propagation = [.init(kind: .slave, recursive: true)]
    return [plan]
  }
}

extension MountPlan {
  /// Whether the runtime added it for notifications.
  var isForNotifications: Bool {
    guard index == nil, case .bind = source else { return false }
    return target.description == NotifySocket.mountPoint
  }
}
