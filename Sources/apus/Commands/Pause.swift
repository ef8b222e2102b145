internal import CommandLine
internal import ContainerRuntime

extension Invocation {
  func pause() throws(OperationError) -> Int32 {
    try Container.pause(try id(), in: try store())
    return 0
  }

  func resume() throws(OperationError) -> Int32 {
    try Container.resume(try id(), in: try store())
    return 0
  }
}
