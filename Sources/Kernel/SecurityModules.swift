extension Host {
  /// Where the resctrl file system is mounted, if it is.
  public static func resourceControl() throws(SystemCallError) -> HostPath? {
    let customary = HostPath(constant: "/sys/fs/resctrl")
    do throws(SystemCallError) {
      // RDTGROUP_SUPER_MAGIC
      if try customary.fileSystemMagic() == 0x0765_5821 { return customary }
    } catch {
      if error.errno == .noSuchFile { return nil }
      throw error
    }
    let table = try HostPath(constant: "/proc/self/mountinfo").readText(limit: 64 << 20)
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 1, fields[dash + 1] == "resctrl"
      else {
        continue
      }
      return HostPath(unchecked: String(fields[4]))
    }
    return nil
  }
}

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
