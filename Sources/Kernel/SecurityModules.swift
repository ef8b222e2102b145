/// Which security modules the kernel runs.
public enum SecurityModules {
  /// AppArmor is built in and not turned off at boot.
  public static var hasAppArmor: Bool {
    do {
      return try HostPath(constant: "/sys/module/apparmor/parameters/enabled").readText().utf8.first
        == UInt8(ascii: "Y")
    } catch {
      return false
    }
  }

  /// SELinux is built in and not turned off at boot: it registers its file system only then.
  public static var hasSELinux: Bool {
    do {
      return try HostPath(constant: "/proc/filesystems").readText().split(separator: "\n").contains {
        $0.hasSuffix("\tselinuxfs")
      }
    } catch {
      return false
    }
  }
}
