public import Kernel

/// The root file system of a container, and the only way to reach anything inside it. Every path is resolved by the
/// kernel below this folder (openat2 with RESOLVE_IN_ROOT): a symlink, however it is exchanged meanwhile, cannot lead out
/// (CVE-2021-30465, CVE-2019-19921, CVE-2023-28642).
public final class RootDirectory: Sendable {
  package let descriptor: Descriptor

  /// - Parameter descriptor: the folder; a mount's root once it is attached.
  public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// What a target must be before something is mounted on it.
  package enum TargetKind: Equatable, Sendable {
    case folder
    case file
    /// A folder reached without any symlink: for /proc and /sys, which others trust by name.
    case folderWithoutSymlinks
  }

  /// Opens what is at a path. Magic links of procfs are refused.
  package func open(
    _ path: ContainerPath, _ flags: OpenFlags, resolve: ResolveFlags = []
  ) throws(SystemCallError) -> Descriptor {
    do {
      let confined: ResolveFlags = Defence.pathsInRoot.isOn ? [.inRoot, .noMagicLinks] : []
      return try descriptor.open(path.relative, flags, resolve: resolve.union(confined))
    } catch {
      throw SystemCallError("open", path.description, error.errno)
    }
  }

  /// The status of what is at a path, symlinks followed inside the root; nil when nothing is there.
  package func status(_ path: ContainerPath) throws(SystemCallError) -> FileStatus? {
    do {
      return try open(path, .path).status()
    } catch {
      if error.errno == .noSuchFile || error.errno == .notDirectory { return nil }
      throw error
    }
  }

  /// The folder or file to mount on, made when it is missing.
  package func target(_ path: ContainerPath, _ kind: TargetKind) throws(SystemCallError) -> Descriptor {
    do {
      switch kind {
      case .folder: return try open(path, [.path, .directory])
      case .folderWithoutSymlinks: return try open(path, [.path, .directory, .noFollow], resolve: .noSymlinks)
      case .file: return try open(path, .path)
      }
    } catch {
      guard error.errno == .noSuchFile else { throw error }
    }
    if kind != .file, let made = makeLast(path, mode: 0o755) { return made }
    let real = try resolved(path)
    if kind == .file {
      let folder = try makeFolders(real.parent, mode: 0o755)
      let name = real.lastComponent
      do {
        let inPlace: OpenFlags = Defence.pathsInRoot.isOn ? [.exclusive, .noFollow] : []
        _ = try folder.open(name, inPlace.union([.writeOnly, .create]), mode: 0o755)
      } catch {
        if error.errno != .exists { throw SystemCallError("create", path.description, error.errno) }
      }
      return try folder.open(name, [.path, .noFollow])
    }
    return try makeFolders(real, mode: 0o755)
  }

  /// Makes a folder and those above it that are missing.
  package func makeFolder(_ path: ContainerPath, mode: UInt32) throws(SystemCallError) -> Descriptor {
    do {
      return try open(path, [.path, .directory])
    } catch {
      guard error.errno == .noSuchFile else { throw error }
    }
    if let made = makeLast(path, mode: mode) { return made }
    return try makeFolders(try resolved(path), mode: mode)
  }

  /// Makes a folder in one that is there, the usual case; nil when anything is in the way, such as a dangling symlink.
  private func makeLast(_ path: ContainerPath, mode: UInt32) -> Descriptor? {
    do throws(SystemCallError) {
      let folder = try open(path.parent, [.path, .directory])
      try folder.makeDirectory(path.lastComponent, mode: mode)
      return try folder.open(path.lastComponent, [.path, .directory, .noFollow])
    } catch {
      return nil
    }
  }

  /// Makes the folders of a path without symlinks, each below a descriptor of the one before.
  private func makeFolders(_ path: ContainerPath, mode: UInt32) throws(SystemCallError) -> Descriptor {
    var folder = try descriptor.open(".", [.path, .directory])
    for name in path.components {
      do {
        try folder.makeDirectory(name, mode: mode)
      } catch {
        if error.errno != .exists { throw SystemCallError("mkdir", path.description, error.errno) }
      }
      let plain: OpenFlags = Defence.pathsInRoot.isOn ? .noFollow : []
      folder = try folder.open(name, plain.union([.path, .directory]))
    }
    return folder
  }

  /// Where a path leads, without symlinks; its end may be missing: dangling links are followed inside the root, as a
  /// kernel with this root would on creating the file.
  package func resolved(_ path: ContainerPath) throws(SystemCallError) -> ContainerPath {
    guard Defence.pathsInRoot.isOn else { return path }
    var pending = Array(path.components.reversed())
    var resolved: [String] = []
    var links = 0
    while let name = pending.popLast() {
      if name == ".." {
        if !resolved.isEmpty { resolved.removeLast() }
        continue
      }
      let folder = resolved.isEmpty ? "." : resolved.joined(separator: "/")
      guard let target = try symlinkTarget(folder, name) else {
        resolved.append(name)
        continue
      }
      links += 1
      if links > 40 { throw SystemCallError("open", path.description, .tooManyLinks) }
      if target.utf8.first == UInt8(ascii: "/") { resolved = [] }
      for part in target.split(separator: "/").reversed() where part != "." { pending.append(String(part)) }
    }
    do {
      return try ContainerPath("/" + resolved.joined(separator: "/"))
    } catch {
      throw SystemCallError("open", path.description, .invalid)
    }
  }

  /// The target of the symlink `name` in a folder that is given without symlinks; nil when it is none or missing.
  private func symlinkTarget(_ folder: String, _ name: String) throws(SystemCallError) -> String? {
    do {
      let opened = try descriptor.open(folder, [.path, .directory], resolve: [.inRoot, .noSymlinks])
      guard try opened.status(of: name).kind == .symlink else { return nil }
      return try opened.readLink(name)
    } catch {
      if error.errno == .noSuchFile { return nil }
      throw error
    }
  }
}
