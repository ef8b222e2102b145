/// One value to be written to one file of a cgroup.
public struct CgroupWrite: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    case text(String)
    /// `cpu.max` with another period: the quota that is there is kept.
    case keepingQuota(period: UInt64)
    /// `memory.swap.max` for a limit on memory and swap together, when the limit for memory is the one that is there.
    case swapAside(total: Int64)
  }
  public enum WhenMissing: Equatable, Sendable {
    case fail
    case skip
    /// Another file that stands for the same.
    case write(file: String, value: Value)
  }

  public struct Line: Equatable, Sendable {
    public let key: String
    public let unset: String
  }

  /// The index in `CgroupPlan.folders`.
  public let folder: Int
  public let file: String
  public let value: Value
  /// The property that asks for it: `linux.resources.memory.limit`.
  public let property: String
  public let whenMissing: WhenMissing
  /// In a file with a line for each device: the line's first word and what it takes to have none.
  public let line: Line?
  /// Neighbours with the same number depend on each other: what the kernel refuses with EINVAL is tried again after
  /// the others.
  public let group: Int
}
