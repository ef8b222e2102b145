// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: settings)
}

let package = Package(
  name: "apus",
  products: [
    .executable(name: "apus", targets: ["apus"]),
    .executable(name: "containerd-shim-apus-v2", targets: ["containerd-shim-apus-v2"]),
    .library(name: "ContainerRuntime", targets: ["ContainerRuntime"]),
    .library(name: "OCI", targets: ["OCI"]),
    .library(name: "Seccomp", targets: ["Seccomp"]),
    .library(name: "Cgroups", targets: ["Cgroups"]),
    .library(name: "JSON", targets: ["JSON"]),
  ],
  targets: [
    .target(name: "CLinux"),
    target("Kernel", ["CLinux"]),
    target("JSON"),
    target("OCI", ["JSON"]),
    target("DBus", ["Kernel"]),
    target("Cgroups", ["DBus", "Kernel", "JSON", "OCI"]),
    target("Seccomp", ["OCI"]),
    target("ContainerRuntime", ["Kernel", "JSON", "OCI", "Cgroups", "Seccomp", "Protobuf"]),
    target("CommandLine"),
    target("Protobuf"),
    target("TTRPC", ["Protobuf"]),
    .executableTarget(
      name: "containerd-shim-apus-v2",
      dependencies: ["ContainerRuntime", "TTRPC", "Protobuf", "Cgroups", "OCI", "JSON", "Kernel"],
      swiftSettings: settings),
    .executableTarget(
      name: "apus",
      dependencies: ["ContainerRuntime", "CommandLine", "OCI", "JSON", "Kernel"],
      swiftSettings: settings),
    tests("ProjectTests"),
    tests("IntegrationTests", ["Protobuf", "TTRPC"]),
    tests("ContainerRuntimeTests", ["Cgroups", "ContainerRuntime", "JSON", "Kernel", "OCI", "Protobuf"]),
    tests("CgroupsTests", ["Cgroups", "DBus", "JSON", "Kernel", "OCI"]),
    tests("DBusTests", ["DBus", "Kernel"]),
    tests("JSONTests", ["JSON"]),
    tests("OCITests", ["JSON", "OCI"], data: ["Golden"]),
    tests("CommandLineTests", ["CommandLine"]),
    tests("ProtobufTests", ["Protobuf"]),
    tests("ContainerdShimTests", ["containerd-shim-apus-v2", "Cgroups", "Kernel", "Protobuf"]),
    tests("TTRPCTests", ["Protobuf", "TTRPC"]),
    tests("SeccompTests", ["JSON", "OCI", "Seccomp"], data: ["Oracle"]),
  ]
)

// For `make fuzz` alone: it needs a build that instruments everything.
if Context.environment["APUS_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Cgroups", "CommandLine", "ContainerRuntime", "DBus", "JSON", "Kernel", "OCI", "Protobuf", "Seccomp", "TTRPC",
      ],
      path: "Fuzzing", exclude: ["Regressions"])
  ]
}
