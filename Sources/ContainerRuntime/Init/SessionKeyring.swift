internal import Kernel

/// A session keyring of the container's own, so that it does not see the caller's (keyrings(7)).
///
/// Later processes of the container join it by its name, and so could whoever has the same user id and knows the name:
/// root of another container. So a part of it is secret, and only who is in it may look at it; to anybody else the
/// kernel does not even tell that it is there. runc's and crun's `_ses.ID` can be guessed, joined and read.
enum SessionKeyring {
  /// - Parameter secret: behind a colon, which no id has.
  static func name(_ id: String, _ secret: String = "") -> String {
    "_ses.\(id)" + (secret.isEmpty ? "" : ":\(secret)")
  }

  /// Without the secret, for those who are told what is done.
  static func publicName(_ name: String) -> String { String(name.prefix { $0 != ":" }) }

  static func makeSecret() -> String {
    Defence.keyringName.isOn ? String(UInt64.random(in: 1 ... .max), radix: 16) : ""
  }

  /// Enters it with this process. A kernel without keyrings has none to protect.
  static func join(_ name: String) throws(SystemCallError) {
    guard Defence.keyring.isOn else { return }
    do throws(SystemCallError) {
      let key = try ProcessAttributes.joinSessionKeyring(name)
      // Everything for the possessor, and for the user to find it by its name.
      try ProcessAttributes.setKeyPermissions(key, Defence.keyringName.isOn ? 0x3f08_0000 : 0x3f0b_0000)
    } catch {
      if error.errno != .noSystemCall { throw error }
    }
  }
}
