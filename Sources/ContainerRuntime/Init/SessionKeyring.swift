internal import Kernel

/// A session keyring of the container's own, so that it does not see the caller's (keyrings(7)).
enum SessionKeyring {
  /// Enters it with this process. A kernel without keyrings has none to protect.
  static func join(_ name: String) throws(SystemCallError) {
    guard Defence.keyring.isOn else { return }
    do throws(SystemCallError) {
      let key = try ProcessAttributes.joinSessionKeyring(name)
      // Everything for the possessor; view, read and search for the user.
      try ProcessAttributes.setKeyPermissions(key, 0x3f0b_0000)
    } catch {
      if error.errno != .noSystemCall { throw error }
    }
  }
}
