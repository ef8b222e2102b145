internal import Kernel

/// Moves what one side writes to the other, as fast as the slower of them, and keeps nothing of it: between pipes the
/// kernel moves the pages, else a small part is on its way at a time.
final class Relay {
  private static let spliceMost = 1 << 20
  private static let copyMost = 32768
  /// Portions in a row, before others have their turn.
  private static let turns = 16

  private let loop: EventLoop
  private let source: Descriptor
  /// nil when its reader has left: what comes is read and dropped, so that the writer goes on.
  private var target: Descriptor?
  /// A regular file always takes bytes and cannot be waited for.
  private var canSplice: Bool
  private var pending: [UInt8] = []
  private var sourceWatch: Watch?
  private var targetWatch: Watch?
  private var onEnd: (() -> Void)?
  private(set) var isEnded = false

  /// - Parameters:
  ///   - source: does not wait, and `target` does not if it can.
  ///   - canSplice: both are pipes.
  init(
    _ loop: EventLoop, from source: consuming Descriptor, to target: consuming Descriptor, canSplice: Bool,
    onEnd: @escaping () -> Void
  ) {
    self.loop = loop
    self.source = source
    self.target = .some(target)
    self.canSplice = canSplice
    self.onEnd = onEnd
  }

  func begin() { awaitSource() }

  /// Ends it, whatever is on its way.
  func end() {
    if isEnded { return }
    isEnded = true
    sourceWatch?.cancel()
    targetWatch?.cancel()
    (sourceWatch, targetWatch) = (nil, nil)
    target = nil
    pending = []
    let action = onEnd
    onEnd = nil
    action?()
  }

  private func move() {
    for _ in 0..<Relay.turns where !isEnded {
      do throws(SystemCallError) {
        if try !(canSplice && target != nil ? splice() : copy()) { return }
      } catch {
        lose(error)
      }
    }
    // Level-triggered: what is left comes again.
  }

  /// - Returns: whether to go on at once.
  private func splice() throws(SystemCallError) -> Bool {
    let moved: Moved
    switch target {
    case .some(let target): moved = try source.splice(to: target, most: Relay.spliceMost)
    case nil: return true
    }
    switch moved {
    case .bytes: return true
    case .end: end()
    case .notNow:
      // Either the source has nothing or the target no room; the kernel does not say which.
      if try source.hasInput() { awaitTarget() } else { awaitSource() }
    }
    return false
  }

  private func copy() throws(SystemCallError) -> Bool {
    if pending.isEmpty {
      guard let bytes = try source.readSome(most: Relay.copyMost) else {
        awaitSource()
        return false
      }
      if bytes.isEmpty {
        end()
        return false
      }
      pending = bytes
    }
    let written: Int
    switch target {
    case .some(let target): written = try target.writeSome(pending[...])
    case nil: written = pending.count
    }
    if written == 0 {
      awaitTarget()
      return false
    }
    if written == pending.count { pending = [] } else { pending.removeFirst(written) }
    return true
  }

  private func lose(_ error: SystemCallError) {
    if error.call == "read" {
      // A terminal's master gives EIO once nobody has the other side open.
      end()
    } else if canSplice && error.errno == .invalid {
      canSplice = false
    } else {
      targetWatch?.cancel()
      targetWatch = nil
      target = nil
      pending = []
      awaitSource()
    }
  }

  private func awaitSource() {
    targetWatch?.cancel()
    targetWatch = nil
    if sourceWatch != nil || isEnded { return }
    do throws(SystemCallError) {
      sourceWatch = try loop.watch(source.number, .readable) { [unowned self] _ in move() }
    } catch {
      end()
    }
  }

  /// The source is not waited for meanwhile: its end would be told over and over.
  private func awaitTarget() {
    sourceWatch?.cancel()
    sourceWatch = nil
    if targetWatch != nil || isEnded { return }
    do throws(SystemCallError) {
      guard let number = target?.number else { return awaitSource() }
      targetWatch = try loop.watch(number, .writable) { [unowned self] _ in move() }
    } catch {
      end()
    }
  }
}
