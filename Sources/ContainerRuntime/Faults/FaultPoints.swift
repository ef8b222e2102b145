#if APUS_FAULTS
  internal import Kernel
  internal import OCI

  /// Every step at which a fault build can be stopped, for a test that goes through all of them.
  package struct FaultPoints {
    private let plan: Plan
    private let sequence: InitSequence
    private let writesPIDFile: Bool

    /// - Parameter request: of a `create` or `run`.
    package init(_ request: CreateRequest) throws(OperationError) {
      let bundle = try Bundle(path: request.bundle)
      let host = try HostFacts.discover(for: bundle.spec)
      do {
        plan = try Plan(
          id: request.id.string, bundle: bundle.path, spec: bundle.spec, host: host, options: request.plan)
      } catch {
        throw OperationError(error)
      }
      sequence = InitSequence(plan, options: request.sequence)
      writesPIDFile = request.pidFile != nil
    }

    /// A line for each: the operation in which the step is done, and the step as `APUS_FAULT` names it.
    package var text: String {
      var lines: [String] = []
      for operation in RuntimeStep.Operation.allCases {
        for step in RuntimeStep.allCases where step.operations.contains(operation) && isDone(step, operation) {
          lines.append("\(operation.rawValue) runtime.\(step.rawValue)")
        }
      }
      for (operation, shape) in [
        ("create", plan.namespaces.shape), ("run", plan.namespaces.shape), ("exec", execPlan.shape),
      ] where shape == .intermediate {
        for step in IntermediateStep.allCases { lines.append("\(operation) intermediate.\(step.rawValue)") }
      }
      var operation = "create"
      for (step, name) in zip(sequence.steps, sequence.stepNames) {
        lines.append("run init.\(name)")
        lines.append("\(operation) init.\(name)")
        // It begins in the one and ends in the other.
        if case .waitForStart = step {
          operation = "start"
          lines.append("\(operation) init.\(name)")
        }
      }
      let exec = InitSequence(exec: execPlan, options: InitSequence.Options(startSignal: .handshake))
      for name in exec.stepNames { lines.append("exec init.\(name)") }
      return lines.joined(separator: "\n") + "\n"
    }

    /// That of an exec of the same process into this container.
    private var execPlan: ExecPlan {
      let kinds = NamespaceNumbers.order.filter { plan.namespaces[$0] != .host }
      return ExecPlan(
        id: plan.id, process: plan.process, seccomp: plan.seccomp,
        container: ContainerFacts(
          process: ProcessIdentity(pid: 1, startTime: 0), namespaces: kinds,
          allowsSettingGroups: plan.namespaces.user == .host),
        keyring: SessionKeyring.name(plan.id), warnings: [])
    }

    private func isDone(_ step: RuntimeStep, _ operation: RuntimeStep.Operation) -> Bool {
      switch step {
      case .idsMapped: sequence.makesUserNamespace
      case .pidNamespaceLeft:
        (operation == .exec ? execPlan.shape : plan.namespaces.shape) == .throughPidNamespace
      case .hooksRun: sequence.steps.contains(.waitForRuntimeHooks)
      case .pidFileWritten: writesPIDFile
      case .poststartRun: !(plan.hooks.poststart ?? []).isEmpty
      case .poststopRun: !(plan.hooks.poststop ?? []).isEmpty
      case .execEntered, .execTold, .processesFrozen, .processesThawed, .configurationPrepared, .limitsWritten,
        .configurationAccepted, .dumped, .savedRemoved, .criuPrepared, .restored, .sealed, .folderMade, .recordCreating,
        .cgroupMade, .sourcesOpened, .cloned, .initReady,
        .recordCreated,
        .persistedTold, .lockTaken, .startSent, .endAwaited, .signalSent, .processesKilled, .cgroupRemoved,
        .folderRemoved, .processUndone, .cgroupUndone, .folderUndone:
        true
      }
    }
  }
#endif
