/// Where each property of config.json is implemented and which tests prove it. A row counts for every property below its
/// own that has no row. docs/conformance.md is made from this table and the specification's schema.
enum ConformanceTable {
  struct Row {
    let property: String
    /// A file below Sources.
    let source: String
    /// As `Suite.test`. They look from inside the container or from the kernel, unless `skipped` says why they cannot.
    let tests: [String]
    /// Why the effect cannot be seen on the machine of the tests; the tests then are those of the plan or of the refusal.
    let skipped: String?

    init(_ property: String, _ source: String, _ tests: [String], skipped: String? = nil) {
      self.property = property
      self.source = source
      self.tests = tests
      self.skipped = skipped
    }
  }

  private static let plan = "ContainerRuntime/Plan/"
  private static let steps = "ContainerRuntime/Init/"

  static let rows: [Row] = common + process + hooks + linux + resources + seccomp

  private static let common = [
    Row(
      "ociVersion", plan + "PlanBuilder.swift",
      ["BundleErrorTests.everyFirstVersionIsAccepted", "ConfigurationProblemTests.isTold"]),
    Row("root.path", "ContainerRuntime/Launch/SourceOpener.swift", ["RootFileSystemTests.absoluteRootPathWorks"]),
    Row("root.readonly", steps + "InitRun+Mounts.swift", ["RootFileSystemTests.defaultRootIsReadOnly"]),
    Row("hostname", steps + "InitSequence.swift", ["ProcessTests.hostnameAndDomainnameAreTheConfigs"]),
    Row("domainname", steps + "InitSequence.swift", ["ProcessTests.hostnameAndDomainnameAreTheConfigs"]),
    Row("annotations", "ContainerRuntime/Store/Record.swift", ["StateCommandTests.runningContainerHasAllMembers"]),
    Row("mounts", steps + "InitRun+Mounts.swift", ["DefaultMountTests.isMountedWithItsOptions"]),
    Row(
      "mounts[].source", "ContainerRuntime/Launch/SourceOpener.swift", ["RootFileSystemTests.bindMountShowsHostFolder"]),
    Row(
      "mounts[].destination", steps + "RootDirectory.swift",
      ["HostilePathTests.mountPointIsMadeInside", "MountOptionTests.fileIsBoundOnAFile"]),
    Row(
      "mounts[].options", plan + "MountPlan.swift",
      [
        "MountOptionTests.attributesAreSetAndTakenBack", "MountOptionTests.flagsAndDataReachTheFileSystem",
        "MountOptionTests.recursiveAttributesReachWhatIsBelow",
        "MountOptionTests.recursiveClearingUndoesTheHostsAttributes",
        "MountOptionTests.propagationIsTheOptions", "MountOptionTests.temporaryFileSystemTakesOverTheImagesFiles",
        "FeaturesTests.everyMountOptionIsAccepted",
      ]),
    Row(
      "mounts[].uidMappings", "ContainerRuntime/Launch/MappingNamespace.swift",
      ["MountOptionTests.idsAreThoseOfTheMountsOwnMapping", "MountOptionTests.idMappedMountTakesTheContainersMapping"]),
    Row(
      "mounts[].gidMappings", "ContainerRuntime/Launch/MappingNamespace.swift",
      ["MountOptionTests.idsAreThoseOfTheMountsOwnMapping", "MountOptionTests.idMappedMountTakesTheContainersMapping"]),
  ]

  private static let process = [
    Row("process.args", steps + "ProgramCall.swift", ["ProcessTests.emptyAndOddArgumentsArrive"]),
    Row("process.commandLine", "OCI/Process.swift", [], skipped: "only Windows has it; it is read and passed over"),
    Row("process.consoleSize", steps + "InitRun+Terminal.swift", ["TerminalTests.createSendsTheMaster"]),
    Row("process.cwd", steps + "InitRun+Process.swift", ["ProcessTests.workingFolderIsTheConfigs"]),
    Row("process.env", steps + "Environment.swift", ["ProcessTests.environmentIsTheConfigs"]),
    Row("process.terminal", steps + "InitRun+Terminal.swift", ["TerminalTests.processHasATerminalOfItsOwn"]),
    Row("process.user", steps + "InitRun+Process.swift", ["ProcessTests.userGroupsAndUmaskAreTheConfigs"]),
    Row("process.user.username", "OCI/Process.swift", [], skipped: "only Windows has it; it is read and passed over"),
    Row("process.capabilities", steps + "InitRun+Process.swift", ["CapabilityTests.fiveSetsAreTheConfigsBeforeStart"]),
    Row(
      "process.capabilities.ambient", steps + "InitRun+Process.swift",
      ["CapabilityTests.fiveSetsAreTheConfigsBeforeStart", "CapabilityTests.ambientReachesTheProgramOfAUser"]),
    Row(
      "process.apparmorProfile", steps + "InitRun+Placement.swift",
      ["SecurityLabelTests.labelThatNobodyEnforcesIsRefused", "PlacementPlanTests.labelsAreSetBeforePrivilegesGo"],
      skipped: "the kernel does not run AppArmor; the refusal and the plan are tested"),
    Row(
      "process.selinuxLabel", steps + "InitRun+Placement.swift",
      ["SecurityLabelTests.labelThatNobodyEnforcesIsRefused", "PlacementPlanTests.labelsAreSetBeforePrivilegesGo"],
      skipped: "the kernel does not run SELinux; the refusal and the plan are tested"),
    Row(
      "process.oomScoreAdj", "ContainerRuntime/Lifecycle/Creation.swift",
      ["ProcessTests.oomScoreAdjustmentIsTheConfigs"]),
    Row("process.ioPriority", plan + "PlanBuilder+Process.swift", ["LinuxPropertyTests.ioPriorityIsTheConfigs"]),
    Row("process.noNewPrivileges", steps + "InitSequence.swift", ["CapabilityTests.noNewPrivilegesIsTheConfigs"]),
    Row(
      "process.scheduler", plan + "PlanBuilder+Process.swift",
      ["LinuxPropertyTests.schedulerIsTheConfigs", "LinuxPropertyTests.wrongSchedulerIsRefused"]),
    Row("process.rlimits", steps + "InitRun+Process.swift", ["ResourceLimitTests.everyTypeIsSet"]),
    Row(
      "process.execCPUAffinity", plan + "PlanBuilder+Placement.swift",
      ["PlacementTests.execCPUAffinityIsThatOfProcessesOfExec", "PlacementTests.affinityOfTheProcessFileComesFirst"]),
  ]

  private static let hooks =
    [
      Row(
        "hooks", "ContainerRuntime/Lifecycle/HookRunner.swift",
        [
          "HookTests.eachKindRunsInItsTimeOfLife", "HookTests.hooksRunInOrderWithTheirArguments",
          "HookTests.environmentIsTheHooks",
        ])
    ]
    + ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"].map { point in
      Row(
        "hooks.\(point)[].timeout", "ContainerRuntime/Lifecycle/HookRunner.swift",
        ["HookTests.slowHookEndsWithItsWholeGroup", "HookTests.failingHookEndsTheCreation"])
    }

  private static let linux = [
    Row("linux.devices", steps + "InitRun+Devices.swift", ["LinuxPropertyTests.devicesOfEveryKindAreMade"]),
    Row(
      "linux.uidMappings", "ContainerRuntime/Launch/IDMaps.swift",
      ["UserNamespaceTests.idsAreMapped", "LinuxPropertyTests.mappingsMayHaveHoles"]),
    Row(
      "linux.gidMappings", "ContainerRuntime/Launch/IDMaps.swift",
      ["UserNamespaceTests.idsAreMapped", "LinuxPropertyTests.mappingsMayHaveHoles"]),
    Row(
      "linux.namespaces", plan + "NamespacePlan.swift",
      ["NamespaceTests.configMakesNewNamespace", "CloneShapeTests.makesATimeNamespace"]),
    Row(
      "linux.namespaces[].path", "ContainerRuntime/Launch/Launcher.swift",
      ["JoinedNamespaceTests.oneNamespaceIsTheOthers"]),
    Row("linux.cgroupsPath", "Cgroups/CgroupPlan.swift", ["CgroupTests.cgroupsPathIsTheConfigs"]),
    Row(
      "linux.rootfsPropagation", steps + "InitRun+Mounts.swift", ["MountOptionTests.propagationOfTheRootIsTheConfigs"]),
    Row(
      "linux.sysctl", plan + "PlanBuilder+Sysctl.swift",
      ["UserNamespaceTests.sysctlOfTheContainerIsSet", "UserNamespaceTests.sysctlOfTheHostIsRefused"]),
    Row("linux.maskedPaths", steps + "InitRun+Mounts.swift", ["MaskedPathTests.maskedPathIsEmpty"]),
    Row("linux.readonlyPaths", steps + "InitRun+Mounts.swift", ["MaskedPathTests.readOnlyPathRefusesWriting"]),
    Row(
      "linux.mountLabel", plan + "PlanBuilder+Mounts.swift",
      [
        "SecurityLabelTests.labelThatNobodyEnforcesIsRefused",
        "PlacementPlanTests.mountLabelIsTheContextOfNewFileSystems",
      ], skipped: "the kernel does not run SELinux; the refusal and the plan are tested"),
    Row(
      "linux.intelRdt", plan + "PlanBuilder+ResourceControl.swift",
      [
        "ResourceControlTests.everySchemaIsWrittenAtOnce", "ResourceControlTests.preparedClassIsJoinedAndStays",
        "ResourceControlTests.ownClassIsMadeAndRemoved", "ResourceControlTests.withoutTheFileSystemItIsRefused",
      ],
      skipped: "the processor has no resctrl file system; a folder stands for it, and the refusal is tested"),
    Row(
      "linux.intelRdt.enableMonitoring", "ContainerRuntime/Lifecycle/ResourceControl.swift",
      ["ResourceControlTests.monitoringGroupOfAPreparedClassIsTheContainers"],
      skipped: "the processor has no resctrl file system; a folder stands for it"),
    Row(
      "linux.netDevices", "ContainerRuntime/Lifecycle/NetworkDevices.swift",
      ["NetworkDeviceTests.deviceMovesWithWhatItHas", "NetworkDeviceTests.deviceIsRenamed"]),
    Row(
      "linux.memoryPolicy", plan + "PlanBuilder+Placement.swift",
      ["PlacementTests.memoryPolicyIsThatOfTheConfig", "PlacementTests.memoryPoliciesAreChecked"]),
    Row(
      "linux.personality", plan + "PlanBuilder+Process.swift", ["LinuxPropertyTests.personalityChangesTheMachinesName"]),
    Row("linux.timeOffsets", steps + "InitRun+Namespaces.swift", ["LinuxPropertyTests.bothClocksHaveTheirOffsets"]),
  ]

  private static let seccomp = [
    Row("linux.seccomp", "Seccomp/FilterProgram.swift", ["SeccompTests.filterIsThereFromTheFirstInstruction"]),
    Row(
      "linux.seccomp.architectures", "Seccomp/SystemCallABI.swift",
      ["KernelTests.theKernelDoesWhatTheMachineDoes", "OracleTests.foreignArchitecturesMeanWhatTheyMeanToLibseccomp"]),
    Row("linux.seccomp.defaultErrnoRet", "Seccomp/ProfileReader.swift", ["SeccompTests.errnoIsTheRules"]),
    Row("linux.seccomp.flags", "Seccomp/FilterFlags.swift", ["KernelTests.theKernelTakesTheFlags"]),
    Row(
      "linux.seccomp.listenerPath", "ContainerRuntime/Lifecycle/SeccompListener.swift",
      ["SeccompTests.listenerAnswersForTheContainer"]),
    Row(
      "linux.seccomp.listenerMetadata", "ContainerRuntime/Lifecycle/SeccompListener.swift",
      ["SeccompTests.listenerAnswersForTheContainer"]),
    Row(
      "linux.seccomp.syscalls", "Seccomp/ProfileReader.swift",
      ["SeccompTests.killingActionsEndTheProcess", "SeccompTests.passingActionsPass", "SeccompTests.errnoIsTheRules"]),
    Row(
      "linux.seccomp.syscalls[].args", "Seccomp/FilterAssembler+Conditions.swift", ["SeccompTests.argumentsAreCompared"]
    ),
  ]

  private static let limits = ["LimitTests.limitsReachTheirFiles"]
  private static let planned = ["CgroupPlanTests.writesOnV1", "CgroupPlanTests.writesOnV2"]

  private static let resources = [
    Row("linux.resources", "Cgroups/LimitedResource.swift", limits),
    Row("linux.resources.unified", "Cgroups/ResourcePlanner.swift", ["UnifiedCgroupTests.unifiedFiles"]),
    Row(
      "linux.resources.devices", "Cgroups/DevicePolicy.swift",
      ["DefaultDeviceTests.extraDeviceIsMadeAndObeysItsRule", "UnifiedCgroupTests.devices"]),
    Row("linux.resources.blockIO", "Cgroups/LimitedResource.swift", ["LimitTests.blockThrottlesReachTheirFiles"]),
    Row(
      "linux.resources.blockIO.weight", "Cgroups/ControlTarget.swift", planned,
      skipped: "no block device uses BFQ; what is written is tested"),
    Row(
      "linux.resources.blockIO.leafWeight", "Cgroups/ControlTarget.swift", planned,
      skipped: "no block device uses BFQ; what is written is tested"),
    Row(
      "linux.resources.blockIO.weightDevice", "Cgroups/ControlTarget.swift", planned,
      skipped: "no block device uses BFQ; what is written is tested"),
    Row(
      "linux.resources.cpu.realtimePeriod", "Cgroups/ControlTarget.swift",
      ["LimitTests.realtimeBandwidthReachesItsFiles"]),
    Row(
      "linux.resources.cpu.realtimeRuntime", "Cgroups/ControlTarget.swift",
      ["LimitTests.realtimeBandwidthReachesItsFiles"]),
    Row(
      "linux.resources.hugepageLimits", "Cgroups/ControlTarget.swift",
      ["ControllerTests.hugePageLimitsReachTheirFiles"]),
    Row(
      "linux.resources.memory.kernel", "Cgroups/ControlTarget.swift", ["ValidateTests.warningsAloneAreNoFailure"],
      skipped: "Linux has no such limit any more; accepted with a warning"),
    Row("linux.resources.memory.kernelTCP", "Cgroups/ControlTarget.swift", ["LimitTests.v1LimitIsSetOrTold"]),
    Row("linux.resources.memory.swappiness", "Cgroups/ControlTarget.swift", ["LimitTests.v1LimitIsSetOrTold"]),
    Row(
      "linux.resources.memory.useHierarchy", "Cgroups/ControlTarget.swift", ["ValidateTests.warningsAloneAreNoFailure"],
      skipped: "always so in Linux; accepted with a warning"),
    Row(
      "linux.resources.memory.disableOOMKiller", "Cgroups/ControlTarget.swift", ["LimitTests.v1LimitIsSetOrTold"]),
    Row(
      "linux.resources.memory.checkBeforeUpdate", "Cgroups/CgroupUpdate.swift",
      ["CgroupUpdateTests.refusesALimitBelowTheUseWhenAsked"]),
    Row(
      "linux.resources.network", "Cgroups/ControlTarget.swift",
      ["ControllerTests.classAndPrioritiesOfTrafficReachTheirFiles"]),
    Row(
      "linux.resources.rdma", "Cgroups/ControlTarget.swift", planned,
      skipped: "the kernel has no rdma controller; what is written is tested"),
  ]

  /// The row for a property: that of the longest part of its path that has one.
  static func row(for property: String) -> Row? {
    var best: Row?
    for row in rows
    where property == row.property || property.hasPrefix(row.property + ".") || property.hasPrefix(row.property + "[") {
      if row.property.count > best?.property.count ?? -1 { best = row }
    }
    return best
  }
}
