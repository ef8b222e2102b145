internal import CLinux

/// When steps began and ended, in memory that this process shares with its later children; off unless it is started, and
/// then a step costs one comparison.
///
/// It belongs to the process as the clock does, so that a step need not be handed anything. What a child writes is the
/// child's word; whoever reads it checks it.
@safe
public enum Timeline {
  /// Who does the step. Each writes in a part of its own.
  public enum Lane: Int, CaseIterable, Sendable {
    case runtime, intermediate, container
  }

  public struct Mark: Sendable {
    public let step: Int
    public let isEnd: Bool
    /// CLOCK_REALTIME, which a time namespace leaves as it is.
    public let nanoseconds: Int64

    public init(step: Int, isEnd: Bool, nanoseconds: Int64) {
      self.step = step
      self.isEnd = isEnd
      self.nanoseconds = nanoseconds
    }
  }

  /// A step of the container's process in words.
  public struct Label: Sendable {
    public let name: String
    public let text: String
    public let property: String?

    public init(name: String, text: String, property: String?) {
      self.name = name
      self.text = text
      self.property = property
    }
  }

  /// The process that the runtime makes, and what its steps are.
  public struct Sequence: Sendable {
    public let labels: [Label]
    public var pid: Int32 = 0
    public init(labels: [Label]) { self.labels = labels }
  }

  /// A lane: the number of its marks, and for each the step with its edge, and the time.
  private static let most = 4096
  private static let laneLength = 2 * (most + 1)
  private nonisolated(unsafe) static var words: UnsafeMutablePointer<Int64>?
  private nonisolated(unsafe) static var begun: Int64 = 0
  private nonisolated(unsafe) static var made: Sequence?

  public static var isOn: Bool { unsafe words != nil }

  /// CLOCK_REALTIME of the start.
  public static var beginning: Int64 { unsafe begun }

  /// What the container's process does, as the runtime knows it before it makes the process.
  public static var sequence: Sequence? {
    get { unsafe made }
    set { unsafe made = newValue }
  }

  public static func start() throws(SystemCallError) {
    let bytes = Lane.allCases.count * laneLength * MemoryLayout<Int64>.size
    guard let raw = unsafe cl_map_shared(bytes) else { throw SystemCallError("mmap", "", .noMemory) }
    unsafe words = raw.assumingMemoryBound(to: Int64.self)
    unsafe begun = realtimeNanoseconds()
  }

  public static func begin(_ lane: Lane, _ step: Int) { mark(lane, step, isEnd: false) }

  public static func end(_ lane: Lane, _ step: Int) { mark(lane, step, isEnd: true) }

  private static func mark(_ lane: Lane, _ step: Int, isEnd: Bool) {
    guard let words = unsafe words else { return }
    let own = unsafe words + lane.rawValue * laneLength
    let count = Int(unsafe own[0])
    // What has no room is left out.
    if count < 0 || count >= most { return }
    unsafe own[2 * count + 2] = Int64(step) << 1 | (isEnd ? 1 : 0)
    unsafe own[2 * count + 3] = realtimeNanoseconds()
    unsafe own[0] = Int64(count + 1)
  }

  /// What was marked in a lane, in its order.
  public static func marks(_ lane: Lane) -> [Mark] {
    guard let words = unsafe words else { return [] }
    let own = unsafe words + lane.rawValue * laneLength
    let count = min(max(Int(unsafe own[0]), 0), most)
    return (0..<count).map { index in
      let code = unsafe own[2 * index + 2]
      return unsafe Mark(step: Int(code >> 1), isEnd: code & 1 == 1, nanoseconds: own[2 * index + 3])
    }
  }
}
