import JSON
import OCI
import Testing

struct FeaturesTests {
  /// What features-linux.md has and its schema lacks.
  @Test func everyPropertyOutsideTheSchemaIsKept() throws {
    let text =
      #"{"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","linux":{"#
      + #""intelRdt":{"enabled":true,"schemata":false,"monitoring":true},"#
      + #""memoryPolicy":{"modes":["MPOL_BIND"],"flags":[]}}}"#
    let features = try Features(json: Array(text.utf8), named: "features")
    #expect(
      features.linux
        == Features.Linux(
          intelRdt: Features.IntelRdt(enabled: true, schemata: false, monitoring: true),
          memoryPolicy: Features.MemoryPolicy(modes: ["MPOL_BIND"], flags: [])))
    #expect(String(decoding: features.json(), as: UTF8.self) == text)
  }
}
