internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import OCI

extension Invocation {
  func features() -> Int32 {
    let document = SupportedFeatures.document(annotations: [
      // For engines that ask which runc this stands in for.
      "org.opencontainers.runc.version": "1.5.0",
      "org.opencontainers.runc.checkpoint.enabled": "true",
      "org.apus.version": Version.number,
    ])
    Output.write(document.json(.wide) + [UInt8(ascii: "\n")])
    return 0
  }
}
