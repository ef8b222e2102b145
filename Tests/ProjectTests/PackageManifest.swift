import Foundation

/// What `swift package dump-package` says of the targets. Unlike `swift package describe` it resolves no dependency,
/// so it needs no network.
struct PackageManifest {
  struct Target {
    let name: String
    let folder: String
    /// `regular`, `executable`, `test`, `system`, …
    let kind: String
    let dependencies: Set<String>
  }

  let targets: [Target]

  static func load() throws -> PackageManifest {
    let answer = try Command.run(["swift", "package", "--ignore-lock", "dump-package"], in: ProjectFiles.root)
    guard answer.status == 0 else { throw Command.Failure(answer) }
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(answer.output.utf8))
    return PackageManifest(targets: manifest.targets.map(Target.init))
  }
}

extension PackageManifest.Target {
  fileprivate init(_ target: Manifest.Target) {
    name = target.name
    kind = target.type
    folder = target.path ?? "\(target.type == "test" ? "Tests" : "Sources")/\(target.name)"
    dependencies = Set(target.dependencies.compactMap(\.module))
  }
}

/// The part of the JSON that is read here. A dependency is `{"byName": ["Kernel", null]}`, or `target`, or `product`.
private struct Manifest: Decodable {
  struct Target: Decodable {
    let name: String
    let type: String
    let path: String?
    let dependencies: [Dependency]
  }

  struct Dependency: Decodable {
    let byName: Reference?
    let target: Reference?
    let product: Reference?

    var module: String? { (byName ?? target ?? product)?.name }
  }

  /// An array whose first element is a name; what follows it (a package, a condition) is of no interest.
  struct Reference: Decodable {
    let name: String

    init(from decoder: any Decoder) throws {
      var elements = try decoder.unkeyedContainer()
      name = try elements.decode(String.self)
    }
  }

  let targets: [Target]
}
