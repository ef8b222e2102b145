import Foundation

/// A system call that a filter answers with an error, as an older kernel or the filter around another container does.
struct CallRefusal: Sendable {
  /// As strace names it.
  let call: String
  /// On x86_64, the architecture of the tests.
  let number: Int
  let errno: String
  /// Refused only when this argument has this value.
  var argument: (index: Int, value: Int)?

  /// Words that put the filter in the place of this process and then become the command. What the command starts has the
  /// filter too.
  func words(in folder: String) throws -> [String] {
    let path = folder + "/refuse-call.py"
    try Data(Self.script.utf8).write(to: URL(filePath: path))
    return [
      "/usr/bin/python3", path, String(number), errno, String(argument?.index ?? -1), String(argument?.value ?? 0),
    ]
  }

  private static let script = """
    import ctypes, errno, os, struct, sys
    number, code, index, value = int(sys.argv[1]), getattr(errno, sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    # Load the number; when it is the one, and the lower half of the argument is the value: refuse. Allow all else.
    lines = [(0x20, 0, 0, 0), (0x15, 0, 1 if index < 0 else 3, number)]
    if index >= 0:
        lines += [(0x20, 0, 0, 16 + 8 * index), (0x15, 0, 1, value)]
    lines += [(0x06, 0, 0, 0x50000 | code), (0x06, 0, 0, 0x7fff0000)]
    program = b"".join(struct.pack("HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, ctypes.create_string_buffer(filter), 0, 0):
        sys.exit("no filter: " + os.strerror(ctypes.get_errno()))
    os.execv(sys.argv[5], sys.argv[5:])
    """
}
