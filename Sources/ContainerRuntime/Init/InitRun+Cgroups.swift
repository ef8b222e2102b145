internal import Kernel

extension InitRun {
  func mountCgroups(_ plan: MountPlan, _ view: CgroupView) throws(SystemCallError) {
    let root = try attachedRoot()
    let target = try root.target(plan.target, .folder)
    switch view {
    case .unified(let hierarchy):
      try tree(of: hierarchy, plan).attach(onto: target)
    case .split(let hierarchies):
      let top = try FileSystemMaker(
        type: "tmpfs", source: "tmpfs", options: [.init(key: "mode", value: "755")],
        attributes: plan.set.subtracting(.readOnly)
      ).make()
      try top.attach(onto: target)
      for hierarchy in hierarchies {
        try top.makeDirectory(hierarchy.folder, mode: 0o755)
        try tree(of: hierarchy, plan).attach(onto: try top.open(hierarchy.folder, [.path, .directory, .noFollow]))
        for alias in hierarchy.options where hierarchy.options.count > 1 && alias != hierarchy.folder {
          try top.makeSymlink(alias, to: hierarchy.folder)
        }
      }
      if plan.set.contains(.readOnly) { try top.setMountAttributes(set: .readOnly) }
    }
  }

  private func tree(of hierarchy: CgroupView.Hierarchy, _ plan: MountPlan) throws(SystemCallError) -> Descriptor {
    if let path = hierarchy.bound {
      let tree = try Descriptor.mountTree(path, recursive: false)
      try tree.setMountAttributes(set: plan.set, clear: plan.clear)
      return tree
    }
    if hierarchy.options.isEmpty {
      return try FileSystemMaker(type: "cgroup2", source: "cgroup", options: [], attributes: plan.set).make()
    }
    var options: [MountPlan.MountOption] = []
    for option in hierarchy.options {
      if option.hasPrefix("name=") {
        options.append(.init(key: "none", value: nil))
        options.append(.init(key: "name", value: String(option.dropFirst(5))))
      } else {
        options.append(.init(key: option, value: nil))
      }
    }
    return try FileSystemMaker(type: "cgroup", source: "cgroup", options: options, attributes: plan.set).make()
  }
}
