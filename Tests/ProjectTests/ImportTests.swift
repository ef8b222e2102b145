import Testing

/// The layers of the package: a target imports what its manifest entry names, and nothing that is merely reachable.
///
/// The compiler's `--explicit-target-dependency-import-check error` lets a module through that is reachable by way of
/// another one, so the rule is a test.
@Suite struct ImportTests {
  /// System modules that a target in Sources may import beside its dependencies.
  static let systemModules: [String: Set<String>] = [
    "Kernel": ["Glibc", "Musl"]
  ]
  /// Each costs start-up time or starts threads, and none survives a clone in between.
  static let forbidden: Set<String> = [
    "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationInternationalization",
    "FoundationXML", "Dispatch", "Synchronization", "_Concurrency", "Observation",
  ]

  @Test func everyImportIsADeclaredDependency() throws {
    let manifest = try PackageManifest.load()
    #expect(manifest.targets.count >= 9)
    let ours = Set(manifest.targets.map(\.name))
    for target in manifest.targets {
      for file in ProjectFiles.swiftFiles(under: target.folder) {
        for (module, line) in SwiftSource(try ProjectFiles.text(file)).imports {
          let allowed =
            target.dependencies.contains(module) || Self.systemModules[target.name, default: []].contains(module)
            || (target.kind == "test" && !ours.contains(module))
          #expect(allowed, "\(file):\(line): \(target.name) imports \(module), which Package.swift does not name")
        }
      }
    }
  }

  @Test func everyDeclaredDependencyIsImported() throws {
    let targets = try PackageManifest.load().targets
    // A test may need an executable to be built, or a system library to be linked, without an import line.
    let withoutModule = Set(targets.filter { ["executable", "system"].contains($0.kind) }.map(\.name))
    for target in targets {
      let files = ProjectFiles.swiftFiles(under: target.folder)
      if files.isEmpty { continue }
      let imported = try Set(files.flatMap { SwiftSource(try ProjectFiles.text($0)).imports.map(\.module) })
      let unused = target.dependencies.subtracting(imported).subtracting(withoutModule)
      #expect(unused.isEmpty, "\(target.name) names \(unused.sorted()) in Package.swift and imports none of it")
    }
  }

  @Test func sourcesImportNeitherFoundationNorThreads() throws {
    let files = ProjectFiles.swiftFiles(under: "Sources")
    #expect(!files.isEmpty)
    for file in files {
      for (module, line) in SwiftSource(try ProjectFiles.text(file)).imports {
        #expect(!Self.forbidden.contains(module), "\(file):\(line): import \(module)")
      }
    }
  }
}
