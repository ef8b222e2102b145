internal import ContainerRuntime
internal import JSON
internal import OCI
internal import Protobuf
internal import TTRPC

/// `-info`: what the runtime can do. containerd asks before it lets a container have id-mapped mounts, for one.
enum InformationAction {
  private static let featuresType = "types.containerd.io/opencontainers/runtime-spec/1/features/Features"

  static func run() throws(OperationError) {
    var information = RuntimeInformation()
    information.name = "io.containerd.apus.v2"
    information.version = Version.number
    information.features = AnyMessage(featuresType, SupportedFeatures.document(annotations: StringMap()).json())
    StandardOutput.write(information.protobuf)
  }
}
