extension Spec.Resources {
  /// Weights and limits of block devices.
  public struct BlockIO: Sendable, Equatable {
    /// Relative weight, from 10 to 1000.
    public var weight: UInt16?
    /// Weight against the children.
    public var leafWeight: UInt16?
    /// Weights by device.
    public var weightDevice: [WeightDevice]?
    /// Bytes read per second.
    public var throttleReadBpsDevice: [ThrottleDevice]?
    /// Bytes written per second.
    public var throttleWriteBpsDevice: [ThrottleDevice]?
    /// Reads per second.
    public var throttleReadIOPSDevice: [ThrottleDevice]?
    /// Writes per second.
    public var throttleWriteIOPSDevice: [ThrottleDevice]?

    /// Makes one of its properties.
    public init(
      weight: UInt16? = nil,
      leafWeight: UInt16? = nil,
      weightDevice: [WeightDevice]? = nil,
      throttleReadBpsDevice: [ThrottleDevice]? = nil,
      throttleWriteBpsDevice: [ThrottleDevice]? = nil,
      throttleReadIOPSDevice: [ThrottleDevice]? = nil,
      throttleWriteIOPSDevice: [ThrottleDevice]? = nil
    ) {
      self.weight = weight
      self.leafWeight = leafWeight
      self.weightDevice = weightDevice
      self.throttleReadBpsDevice = throttleReadBpsDevice
      self.throttleWriteBpsDevice = throttleWriteBpsDevice
      self.throttleReadIOPSDevice = throttleReadIOPSDevice
      self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
    }
  }
}

extension Spec.Resources.BlockIO {
  /// Weight of one block device.
  public struct WeightDevice: Sendable, Equatable {
    /// Major number.
    public var major: Int64
    /// Minor number.
    public var minor: Int64
    /// Relative weight, from 10 to 1000.
    public var weight: UInt16?
    /// Weight against the children.
    public var leafWeight: UInt16?

    /// Makes one of its properties.
    public init(major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
      self.major = major
      self.minor = minor
      self.weight = weight
      self.leafWeight = leafWeight
    }
  }
}

extension Spec.Resources.BlockIO {
  /// Limit of one block device.
  public struct ThrottleDevice: Sendable, Equatable {
    /// Major number.
    public var major: Int64
    /// Minor number.
    public var minor: Int64
    /// Bytes or operations per second.
    public var rate: UInt64?

    /// Makes one of its properties.
    public init(major: Int64, minor: Int64, rate: UInt64? = nil) {
      self.major = major
      self.minor = minor
      self.rate = rate
    }
  }
}
