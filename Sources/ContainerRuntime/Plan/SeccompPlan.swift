public import Kernel
public import Seccomp

/// The filter of system calls, compiled, and where its notifications go.
public struct SeccompPlan: Equatable, Sendable {
  public var program: FilterProgram
  public var listener: Listener?

  /// Who answers the notifications (config-linux.md, “Seccomp”, `listenerPath`).
  public struct Listener: Equatable, Sendable {
    public var path: HostPath
    public var metadata: String
  }

  /// In runc's words, for `--debug`.
  var debugText: String {
    let told = program.flags.subtracting([.synchronizeThreads, .synchronizationErrno])
    return "seccomp filter flags: \(told.rawValue)"
  }

  /// The instructions as the kernel has them in memory.
  var packed: [UInt64] {
    program.instructions.map {
      UInt64($0.code) | UInt64($0.jumpTrue) << 16 | UInt64($0.jumpFalse) << 24 | UInt64($0.operand) << 32
    }
  }
}
