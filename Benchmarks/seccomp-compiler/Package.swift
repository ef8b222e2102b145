// swift-tools-version: 6.2
import PackageDescription

// Measures the seccomp compiler alone; docs/seccomp.md says how to run it.
let package = Package(
  name: "seccomp-compiler",
  dependencies: [.package(name: "apus", path: "../..")],
  targets: [
    .executableTarget(
      name: "seccomp-compiler",
      dependencies: [
        .product(name: "JSON", package: "apus"), .product(name: "OCI", package: "apus"),
        .product(name: "Seccomp", package: "apus"),
      ])
  ]
)
