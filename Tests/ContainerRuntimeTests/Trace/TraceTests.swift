import Kernel
import Testing

@testable import ContainerRuntime

@Suite struct TraceTests {
  private static func mark(_ step: Int, _ nanoseconds: Int64, ends: Bool = false) -> Timeline.Mark {
    Timeline.Mark(step: step, isEnd: ends, nanoseconds: nanoseconds)
  }

  @Test func aStepEndsWithItsOwnEnd() {
    let marks = [Self.mark(1, 10), Self.mark(2, 20), Self.mark(2, 30, ends: true), Self.mark(1, 40, ends: true)]
    #expect(
      Trace.paired(marks) == [
        Trace.Step(number: 1, begin: 10, end: 40), Trace.Step(number: 2, begin: 20, end: 30),
      ])
  }

  @Test func aStepThatFailedHasNoEnd() {
    let marks = [Self.mark(7, 10), Self.mark(8, 20), Self.mark(8, 30, ends: true)]
    #expect(Trace.paired(marks).map(\.end) == [nil, 30])
  }

  @Test func aStepThatIsDoneTwiceIsThereTwice() {
    let marks = [Self.mark(3, 1), Self.mark(3, 2, ends: true), Self.mark(3, 5), Self.mark(3, 9, ends: true)]
    #expect(Trace.paired(marks).map(\.begin) == [1, 5])
    #expect(Trace.paired(marks).map(\.end) == [2, 9])
  }

  @Test func anEndWithoutABeginningIsNobodys() {
    #expect(Trace.paired([Self.mark(3, 1, ends: true)]).isEmpty)
  }

  @Test(arguments: [(0, "0.000"), (7, "0.007"), (1_234_567, "1234.567"), (-5, "0.000")] as [(Int64, String)])
  func tellsMicroseconds(_ nanoseconds: Int64, _ text: String) {
    #expect(Trace.microseconds(nanoseconds) == text)
  }
}
