internal import JSON
package import Kernel
internal import OCI

/// Everything that `create` would say about a bundle's configuration, at once, and what it would pass over in silence.
/// Nothing is touched.
package struct Validation {
  /// What `create` refuses.
  package private(set) var errors: [PropertyError] = []
  /// What is accepted and has no effect.
  package private(set) var warnings: [PropertyError] = []

  /// - Parameter nearest: which of some names a misspelt one may have been meant to be.
  /// - Throws: when there is no configuration to read.
  package init(
    bundle path: HostPath, options: PlanOptions = PlanOptions(),
    nearest: (String, [String]) -> String? = { _, _ in nil }
  ) throws(OperationError) {
    let (folder, bytes) = try Bundle.read(path)
    var unknown: [UnknownProperty] = []
    let spec: Spec
    do { spec = try Spec(json: bytes, named: "config.json", unknownProperties: &unknown) } catch {
      let place = error.line == 0 ? "" : " (line \(error.line), column \(error.column))"
      errors = [PropertyError(error.location, error.problem + place)]
      return
    }
    warnings = unknown.map { PropertyError("config.json.\($0.path)", Self.problem($0, nearest)) }
    let host = try HostFacts.discover(for: spec, systemdCgroup: options.systemdCgroup)
    var builder = PlanBuilder(bundle: folder, spec: spec, host: host, options: options)
    let plan = builder.plan(id: "ID")
    errors += builder.problems.errors
    warnings += builder.problems.warnings
    if let plan { look(at: plan) }
  }

  /// config.md, "Platform-specific configuration": what the others have beside `linux`.
  private static func problem(_ property: UnknownProperty, _ nearest: (String, [String]) -> String?) -> String {
    switch property.path {
    case "freebsd", "solaris", "vm", "windows", "zos": return "is of another platform and is ignored"
    default: break
    }
    guard let name = property.name, let known = nearest(name, property.known) else {
      return "unknown property, which is ignored"
    }
    return "unknown property, which is ignored; did you mean \(known)?"
  }

  /// The host may lack what a plan without a fault names.
  private mutating func look(at plan: Plan) {
    for mount in plan.mounts {
      guard case .bind(let source, _) = mount.source, let place = mount.property else { continue }
      do throws(SystemCallError) { _ = try source.status() } catch {
        // What this user may not look at, another may.
        guard error.errno == .noSuchFile || error.errno == .notDirectory else { continue }
        errors.append(
          PropertyError("config.json.\(place).source", "\(quoted(source.string)): \(error.errno.message)"))
      }
    }
    do throws(SystemCallError) {
      if try plan.root.path.status().kind != .directory {
        errors.append(PropertyError("config.json.root.path", "\(quoted(plan.root.path.string)) is no folder"))
      }
    } catch {
      errors.append(PropertyError("config.json.root.path", "\(quoted(plan.root.path.string)): \(error.errno.message)"))
    }
  }

  /// One line for each, errors first, and one that counts them.
  package var text: String {
    var lines = errors.map { "error: \($0)" } + warnings.map { "warning: \($0)" }
    lines.append(
      lines.isEmpty
        ? "config.json: no problems"
        : "\(Self.count(errors.count, "error")), \(Self.count(warnings.count, "warning"))")
    return lines.map { singleLine($0) + "\n" }.joined()
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
