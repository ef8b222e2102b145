internal import Cgroups
public import Kernel
public import OCI

/// Another process in a container that runs already, total and validated. Pure, as `Plan` is.
public struct ExecPlan: Equatable, Sendable {
  public var id: String
  public var process: ProcessPlan
  public var seccomp: SeccompPlan?
  public var container: ContainerFacts
  /// The container's session keyring, which the process joins.
  public var keyring: String?
  /// What is accepted and has no effect, for the log.
  public var warnings: [PropertyError]

  /// Which way the process is made: a joined user namespace needs the intermediate, a joined pid namespace the parent.
  public var shape: CloneShape {
    if container.namespaces.contains(.user) { return .intermediate }
    return container.namespaces.contains(.pid) ? .throughPidNamespace : .direct
  }
}

/// What an exec needs to know of the container. A plain value: tests make their own.
public struct ContainerFacts: Equatable, Sendable {
  /// The container's first process.
  public var process: ProcessIdentity
  /// The kinds of namespaces of it that are not the runtime's own, in the order of setns(2).
  public var namespaces: [NamespaceKind]
  /// Whether its user namespace lets groups be set (user_namespaces(7), “/proc/PID/setgroups”).
  public var allowsSettingGroups: Bool

  public init(process: ProcessIdentity, namespaces: [NamespaceKind], allowsSettingGroups: Bool) {
    self.process = process
    self.namespaces = namespaces
    self.allowsSettingGroups = allowsSettingGroups
  }
}

/// The host as an exec meets it.
public struct ExecHostFacts: Equatable, Sendable {
  public var lastCapability: Int
  /// What the caller itself has, and so may give.
  public var capabilities: CapabilityMask
  public var effectiveUser: UInt32
  public var mayChangeGroups = true
  /// Security modules that the kernel runs; asked only for a process that needs them.
  public var hasAppArmor = false
  public var hasSELinux = false

  public init(lastCapability: Int, capabilities: CapabilityMask, effectiveUser: UInt32) {
    self.lastCapability = lastCapability
    self.capabilities = capabilities
    self.effectiveUser = effectiveUser
  }
}

extension ExecPlan {
  /// Decides about the process of an exec.
  /// - Parameters: `spec` is the container's configuration as it was at create, with the exec's process in the place of
  ///   its own; `document` names the file that the process comes from, for errors.
  /// - Throws: every problem at once.
  public init(
    id: String, spec: Spec, document: String, container: ContainerFacts, host: ExecHostFacts, keyring: String?
  ) throws(InvalidConfiguration) {
    var builder = PlanBuilder(bundle: HostPath(constant: "/"), spec: spec, host: host.asHostFacts)
    builder.problems = Problems(document: document)
    let process = builder.planExec()
    let seccomp = builder.decideSeccomp()
    guard let process, builder.problems.errors.isEmpty else {
      throw InvalidConfiguration(problems: builder.problems.errors)
    }
    self.init(
      id: id, process: process, seccomp: seccomp, container: container, keyring: keyring,
      warnings: builder.problems.warnings)
  }
}

extension ExecHostFacts {
  /// An exec makes no cgroup, so nobody asks for the layout.
  fileprivate var asHostFacts: HostFacts {
    var facts = HostFacts(
      lastCapability: lastCapability, capabilities: capabilities, effectiveUser: effectiveUser, cgroups: .unknown)
    facts.mayChangeGroups = mayChangeGroups
    facts.hasAppArmor = hasAppArmor
    facts.hasSELinux = hasSELinux
    return facts
  }
}

extension PlanBuilder {
  fileprivate init(bundle: HostPath, spec: Spec, host: HostFacts) {
    self.init(bundle: bundle, spec: spec, host: host, options: PlanOptions())
  }

  fileprivate mutating func planExec() -> ProcessPlan? {
    for namespace in linux?.namespaces ?? [] where namespace.type == "user" && (namespace.path ?? "").isEmpty {
      namespaces.user = .new
    }
    return decideProcess()
  }
}
