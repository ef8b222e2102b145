internal import CLinux

/// A number in memory that a process and its later children share: a child says in it how far it came, and the value
/// outlives its death. What stands in it is the child's word; whoever reads it checks it.
@safe
public struct SharedWord: ~Copyable, @unchecked Sendable {
  private let page: UnsafeMutablePointer<UInt32>

  private init(page: UnsafeMutablePointer<UInt32>) { unsafe self.page = page }

  /// Another way to the same word.
  public borrowing func duplicate() -> SharedWord { unsafe SharedWord(page: page) }

  public init() throws(SystemCallError) {
    guard let raw = unsafe cl_map_shared(4096) else { throw SystemCallError("mmap", "", .noMemory) }
    unsafe page = raw.assumingMemoryBound(to: UInt32.self)
  }

  public var value: UInt32 {
    get { unsafe page.pointee }
    nonmutating set { unsafe page.pointee = newValue }
  }
}
