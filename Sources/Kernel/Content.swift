internal import CLinux

extension Descriptor {
  /// Reads once. An empty answer is the end of the file.
  /// - Parameter most: bytes, at most.
  public borrowing func read(most: Int) throws(SystemCallError) -> [UInt8] {
    let number = self.number
    var result = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      result = retrying { unsafe cl_read(number, buffer.baseAddress, most) }
      count = max(0, result)
    }
    try result.check("read", "descriptor \(number)")
    return bytes
  }

  /// Reads to the end.
  /// - Parameters:
  ///   - limit: bytes; one more gives EFBIG. Sizes the first read by `expected`.
  ///   - inOnePiece: a read that gives less than it might has met the end, as with regular files and with those of procfs
  ///     and cgroups that hold a single record.
  public borrowing func readAll(limit: Int, expected: Int = 4096, inOnePiece: Bool = false)
    throws(SystemCallError) -> [UInt8]
  {
    let most = min(limit, expected) + 1
    var whole = try read(most: most)
    if whole.isEmpty || (inOnePiece && whole.count < most) { return whole }
    while true {
      let more = try read(most: max(4096, whole.count))
      if more.isEmpty { break }
      whole += more
      if whole.count > limit { break }
    }
    if whole.count > limit {
      throw SystemCallError("read", "descriptor \(number)", Errno(rawValue: 27))
    }
    return whole
  }

  /// Writes everything, in as many calls as it takes.
  public borrowing func write(_ bytes: [UInt8]) throws(SystemCallError) {
    let number = self.number
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        retrying { unsafe cl_write(number, buffer.baseAddress! + done, bytes.count - done) }
      }
      done += try written.checked("write", "descriptor \(number)")
    }
  }

  public borrowing func write(_ text: String) throws(SystemCallError) {
    try write(Array(text.utf8))
  }

  /// Writes in exactly one call, as files of procfs and cgroups ask for; a short write is EIO.
  public borrowing func writeOnce(_ text: String) throws(SystemCallError) {
    let number = self.number
    var text = text
    let (written, count) = text.withUTF8 { buffer in
      (retrying { unsafe cl_write(number, buffer.baseAddress, buffer.count) }, buffer.count)
    }
    if try written.checked("write", "descriptor \(number)") != count {
      throw SystemCallError("write", "descriptor \(number)", .inputOutput)
    }
  }

  /// The names in a folder, without `.` and `..`. Names that are no UTF-8 come with replacement characters.
  public borrowing func entries() throws(SystemCallError) -> [String] {
    var names: [String] = []
    while true {
      let number = self.number
      var result = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32768) { buffer, count in
        result = unsafe cl_getdents64(number, buffer.baseAddress, 32768)
        count = max(0, result)
      }
      try result.check("read", "directory \(number)")
      if bytes.isEmpty { return names }
      var offset = 0
      while offset + 19 <= bytes.count {
        let length = Int(bytes[offset + 16]) | Int(bytes[offset + 17]) << 8
        if length < 20 { break }
        let name = bytes[(offset + 19)..<min(offset + length, bytes.count)].prefix { $0 != 0 }
        offset += length
        if name.elementsEqual([46]) || name.elementsEqual([46, 46]) { continue }
        names.append(String(decoding: name, as: UTF8.self))
      }
    }
  }
}

extension HostPath {
  /// The whole file, at most `limit` bytes.
  public func read(limit: Int = 1 << 20, expected: Int = 4096, inOnePiece: Bool = false)
    throws(SystemCallError) -> [UInt8]
  {
    try Descriptor.open(self, .readOnly).readAll(limit: limit, expected: expected, inOnePiece: inOnePiece)
  }

  /// The whole file as text without its last newline.
  public func readText(limit: Int = 1 << 20, inOnePiece: Bool = false) throws(SystemCallError) -> String {
    var bytes = try read(limit: limit, inOnePiece: inOnePiece)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
