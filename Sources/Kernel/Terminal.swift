internal import CLinux

public enum Terminal {
  /// Whether a descriptor number of this process is a terminal.
  public static func isTerminal(_ number: Int32) -> Bool { cl_isatty(number) >= 0 }
}
