extension Spec {
  /// One mount beyond the root file system (config.md, "Mounts").
  public struct Mount: Sendable, Equatable {
    /// Where it is mounted, as a path inside the container.
    public var destination: String
    /// File system type, as in /proc/filesystems; no type is needed for a bind mount.
    public var type: String?
    /// A device name, or the path to bind; a relative path counts from the bundle.
    public var source: String?
    /// Mount options, as mount(8) and the specification name them.
    public var options: [String]?
    /// User ids of an id-mapped mount (mount_setattr(2), MOUNT_ATTR_IDMAP).
    public var uidMappings: [IDMapping]?
    /// Group ids of an id-mapped mount.
    public var gidMappings: [IDMapping]?

    /// Makes one of its properties.
    public init(
      destination: String,
      type: String? = nil,
      source: String? = nil,
      options: [String]? = nil,
      uidMappings: [IDMapping]? = nil,
      gidMappings: [IDMapping]? = nil
    ) {
      self.destination = destination
      self.type = type
      self.source = source
      self.options = options
      self.uidMappings = uidMappings
      self.gidMappings = gidMappings
    }
  }
}

extension Spec {
  /// A range of ids inside a user namespace and what they are outside (user_namespaces(7)).
  public struct IDMapping: Sendable, Equatable {
    /// First id inside.
    public var containerID: UInt32
    /// First id outside.
    public var hostID: UInt32
    /// Number of ids.
    public var size: UInt32

    /// Makes one of its properties.
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
      self.containerID = containerID
      self.hostID = hostID
      self.size = size
    }
  }
}
