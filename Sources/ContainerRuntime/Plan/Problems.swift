internal import Kernel

/// Collects what is wrong with a configuration, so that all of it can be told at once.
struct Problems {
  private(set) var errors: [PropertyError] = []
  private(set) var warnings: [PropertyError] = []
  /// The file that the properties stand in.
  private let document: String

  init(document: String = "config.json") { self.document = document }

  /// - Parameter rule: the defence that the refusal is, if it is one.
  mutating func add(_ path: String, _ problem: String, _ rule: Defence? = nil) {
    if let rule, !rule.isOn { return }
    errors.append(PropertyError("\(document).\(path)", problem))
  }
  mutating func warn(_ path: String, _ problem: String) {
    warnings.append(PropertyError("\(document).\(path)", problem))
  }

  /// The path, or nil with the problem noted.
  mutating func containerPath(_ string: String, _ property: String) -> ContainerPath? {
    do { return try ContainerPath(string) } catch {
      add(property, error.description)
      return nil
    }
  }

  mutating func hostPath(_ string: String, _ property: String) -> HostPath? {
    do { return try HostPath(string) } catch {
      add(property, error.description)
      return nil
    }
  }

  /// Refuses a string that the kernel would cut off at a NUL.
  mutating func requireNoNUL(_ string: String, _ property: @autoclosure () -> String) {
    if string.utf8.contains(0) { add(property(), "contains a NUL character") }
  }
}
