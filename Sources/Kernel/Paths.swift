/// Why a string is no path.
public enum PathProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case empty, containsNUL, notAbsolute
  case tooLong(Int)

  public var description: String {
    switch self {
    case .empty: "the path is empty"
    case .containsNUL: "the path contains a NUL character"
    case .notAbsolute: "the path is not absolute"
    case .tooLong(let count): "the path has \(count) bytes; the kernel takes at most 4095"
    }
  }
}

/// A path on the host, absolute or relative to the working directory. Never a path in a container.
public struct HostPath: Hashable, Sendable, CustomStringConvertible {
  public let string: String
  public var description: String { string }

  public init(_ string: String) throws(PathProblem) {
    try checkPath(string)
    self.string = string
  }

  /// For literals in the program itself.
  public init(constant: StaticString) { string = constant.description }

  /// A path below this one; `name` must be a plain relative path of the program's own making.
  public func appending(_ name: String) -> HostPath {
    HostPath(unchecked: string.hasSuffix("/") ? string + name : string + "/" + name)
  }

  package init(unchecked string: String) { self.string = string }
  init(uncheckedPrefix prefix: Substring) { string = String(prefix) }

  public var isAbsolute: Bool { string.utf8.first == UInt8(ascii: "/") }
  /// The last component: empty for `/`.
  public var lastComponent: String {
    string.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
  }

  /// The path made absolute against a folder and cleaned lexically (`.`, `..`, `//`), as Go's filepath.Join does.
  public func absolute(in folder: HostPath) -> HostPath {
    let whole = isAbsolute ? string : folder.string + "/" + string
    return HostPath(unchecked: "/" + normalisedComponents(whole).joined(separator: "/"))
  }
}

/// An absolute path inside a container's root file system, normalised lexically: no `.`, `..`, `//` or trailing slash.
/// It can be opened through a `RootDirectory` only; there is no way to make a host path of it.
public struct ContainerPath: Hashable, Sendable, CustomStringConvertible {
  public let components: [String]

  /// A path that does not begin with `/` is taken from the root, as the kernel does once the root is entered.
  public init(_ string: String) throws(PathProblem) {
    try checkPath(string)
    components = normalisedComponents(string, climbs: !Defence.lexicalPaths.isOn)
  }

  /// For literals in the program itself.
  public init(constant: StaticString) { components = normalisedComponents(constant.description) }

  private init(components: [String]) { self.components = components }

  public var isRoot: Bool { components.isEmpty }
  public var description: String { "/" + components.joined(separator: "/") }
  /// For openat2 with the root as its folder: `.` for the root itself.
  package var relative: String { components.isEmpty ? "." : components.joined(separator: "/") }
  public var lastComponent: String { components.last ?? "" }
  public var parent: ContainerPath { ContainerPath(components: Array(components.dropLast())) }
  public func appending(_ name: String) -> ContainerPath {
    ContainerPath(components: components + [name])
  }
  public func isInside(_ other: ContainerPath) -> Bool { components.starts(with: other.components) }
}

private func checkPath(_ string: String) throws(PathProblem) {
  let bytes = string.utf8
  if bytes.isEmpty { throw .empty }
  if bytes.count > 4095 { throw .tooLong(bytes.count) }
  if bytes.contains(0) { throw .containsNUL }
}

private func normalisedComponents(_ string: String, climbs: Bool = false) -> [String] {
  var components: [String] = []
  let bytes = string.utf8
  var rest = bytes.startIndex
  while rest < bytes.endIndex {
    let end = bytes[rest...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
    let part = bytes[rest..<end]
    rest = end == bytes.endIndex ? end : bytes.index(after: end)
    if part.isEmpty || part.elementsEqual(".".utf8) { continue }
    if part.elementsEqual("..".utf8) && !climbs {
      if !components.isEmpty { components.removeLast() }
      continue
    }
    components.append(String(Substring(part)))
  }
  return components
}
