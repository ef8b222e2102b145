internal import CLinux

/// F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE (fcntl(2)).
private let allSeals: Int32 = 0xf

extension Descriptor {
  /// Makes a file in memory unchangeable for ever.
  public borrowing func addAllSeals() throws(SystemCallError) {
    try cl_fcntl(number, 1033 /* F_ADD_SEALS */, UInt(allSeals)).check("seal", "descriptor \(number)")
  }

  /// Whether the file is in memory and can never be changed again.
  public borrowing func hasAllSeals() -> Bool {
    let seals = cl_fcntl(number, 1034 /* F_GET_SEALS */, 0)
    return seals >= 0 && seals & allSeals == allSeals
  }

  /// Copies a file's bytes to the end of this one, in the kernel (sendfile(2)).
  public borrowing func append(from source: borrowing Descriptor, count: UInt64) throws(SystemCallError) {
    var left = Int(clamping: count)
    while left > 0 {
      let copied = try cl_sendfile(number, source.number, left).checked("sendfile")
      if copied == 0 { throw SystemCallError("sendfile", "", .inputOutput) }
      left -= copied
    }
  }
}
