import Kernel
import Testing
@testable import containerd_shim_apus_v2

/// What comes as text: the command line, the addresses of streams and the options of mounts.
@Suite struct CommandLineAndStreamTests {
  @Test func flagsInBothForms() throws {
    let one = try ShimArguments(["shim", "-namespace", "n", "--id=c", "-address", "/a", "-debug", "start"])
    #expect(one.namespace == "n" && one.id == "c" && one.address == "/a" && one.isDebug && one.action == .start)
    #expect(try ShimArguments(["shim", "-info"]).action == .information)
    #expect(try ShimArguments(["shim", "-v"]).action == .version)
    #expect(try ShimArguments(["shim", "-id", "c", "-publish-binary", "/p", "delete"]).action == .delete)
    for (words, text) in [
      (["-nope"], "flag needs an argument: -nope"), (["-nope", "x"], "flag provided but not defined: -nope"),
      (["-id"], "flag needs an argument: -id"), (["stop"], "unknown action \"stop\""),
    ] {
      let error = #expect(throws: (any Error).self) { try ShimArguments(["shim"] + words) }
      #expect(error.map { "\($0)".contains(text) } == true, "\(words): \(String(describing: error))")
    }
  }

  @Test func addressesOfStreams() throws {
    #expect(try StreamAddress("") == .none)
    #expect(try StreamAddress("/run/a") == .fifo(HostPath("/run/a")))
    #expect(try StreamAddress("fifo:///run/a") == .fifo(HostPath("/run/a")))
    #expect(try StreamAddress("file:///var/log/a") == .file(HostPath("/var/log/a")))
    #expect(
      try StreamAddress("binary:///b%20in?a=1&b=&c=x+y%2f&d&a=2")
        == .program(HostPath("/b in"), ["a", "1", "b", "", "c", "x y/", "d", ""], saysReady: false))
    #expect(try StreamAddress("binary-v2:///b") == .program(HostPath("/b"), [], saysReady: true))
    for text in ["relative", "file://relative", "gopher:///x", "npipe:////./x"] {
      #expect(throws: StreamProblem.self, "\(text)") { try StreamAddress(text) }
    }
  }

  @Test func optionsOfMounts() throws {
    let options = try RootFileSystem.Options(["ro", "nosuid", "X-containerd.x=y", "lowerdir=/a:/b", "rw"])
    #expect(options.flags == 2)
    #expect(options.data == ["lowerdir=/a:/b"])
    #expect(throws: (any Error).self) { try RootFileSystem.Options(["loop"]) }
  }
}
