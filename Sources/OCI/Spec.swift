/// A container configuration as its `config.json` said it: nothing is fixed up, an absent property is nil.
///
/// Holds the common and the Linux part of the OCI runtime-spec 1.3 (config.md, config-linux.md); a property that
/// only other platforms know is not kept. What a value means, and whether it is allowed, is for the plan to say.
/// Properties that the specification requires are not optional, so a document without them is refused.
public struct Spec: Sendable, Equatable {
  /// Version of the runtime-spec that the configuration complies with, as SemVer 2.0.
  public var ociVersion: String
  /// The process of the container; needed from `start` on only.
  public var process: Process?
  /// The root file system.
  public var root: Root?
  /// Host name as seen inside the UTS namespace.
  public var hostname: String?
  /// NIS domain name as seen inside the UTS namespace.
  public var domainname: String?
  /// Mounts in the order in which they are made.
  public var mounts: [Mount]?
  /// Programs to run at the points of the container's life.
  public var hooks: Hooks?
  /// Arbitrary metadata, handed on in the state.
  public var annotations: StringMap<String>?
  /// The part that only Linux knows.
  public var linux: Linux?

  /// Makes one of its properties.
  public init(
    ociVersion: String,
    process: Process? = nil,
    root: Root? = nil,
    hostname: String? = nil,
    domainname: String? = nil,
    mounts: [Mount]? = nil,
    hooks: Hooks? = nil,
    annotations: StringMap<String>? = nil,
    linux: Linux? = nil
  ) {
    self.ociVersion = ociVersion
    self.process = process
    self.root = root
    self.hostname = hostname
    self.domainname = domainname
    self.mounts = mounts
    self.hooks = hooks
    self.annotations = annotations
    self.linux = linux
  }
}

extension Spec {
  /// The root file system of the container (config.md, "Root").
  public struct Root: Sendable, Equatable {
    /// Path of the root file system; relative to the bundle unless absolute.
    public var path: String
    /// Whether the root file system is read-only inside the container.
    public var readonly: Bool?

    /// Makes one of its properties.
    public init(path: String, readonly: Bool? = nil) {
      self.path = path
      self.readonly = readonly
    }
  }
}
