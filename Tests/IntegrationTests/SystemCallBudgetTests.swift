import Foundation
import Testing

/// What each command may cost in system calls, by `strace -c` with the default configuration on a hybrid machine.
///
/// The numbers are those measured when they were last changed, and a twentieth more; a change that goes above them wants
/// a reason, and then a new number.
@Suite(.scratch) struct SystemCallBudgetTests {
  struct Budget: Sendable, CustomTestStringConvertible {
    let command: String
    /// Whose calls: of the runtime alone, or of the container's process up to its program too.
    let followsChildren: Bool
    let measured: Int
    var testDescription: String { "\(command): \(measured)" }
  }

  static let budgets = [
    Budget(command: "create", followsChildren: false, measured: 209),
    Budget(command: "start", followsChildren: false, measured: 51),
    Budget(command: "state", followsChildren: false, measured: 40),
    Budget(command: "kill", followsChildren: false, measured: 59),
    Budget(command: "delete", followsChildren: false, measured: 89),
    Budget(command: "exec", followsChildren: false, measured: 147),
    Budget(command: "run", followsChildren: true, measured: 708),
  ]

  @Test(arguments: budgets)
  func staysInItsBudget(_ budget: Budget) throws {
    let scratch = try Scratch.current
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    var words = container.words(budget.command, budget.command == "delete" ? ["--force"] : [])
    if budget.command == "kill" { words.append("KILL") }
    if !["create", "run"].contains(budget.command) { try container.createSleeping() }
    if budget.command == "exec" {
      try container.start().succeed()
      words = container.execWords(["/bin/true"])
    }
    let table = scratch.path("calls")
    let options = ["-c"] + (budget.followsChildren ? ["-f"] : [])
    let output = try scratch.run(["/usr/bin/strace"] + options + ["-o", table] + words)
    #expect(output.status == 0, "\(output.stderr)")
    let total = try #require(readText(table).split(separator: "\n").last { $0.hasSuffix("total") })
    let fields = total.split(separator: " ")
    let calls = try #require(Int(fields[3]))
    print("system calls of \(budget.command): \(calls)")
    #expect(calls <= budget.measured + budget.measured / 20, "\(readText(table))")
    // A number far above what is needed guards nothing.
    #expect(calls * 2 > budget.measured, "the budget of \(budget.command) can be lowered to \(calls)")
  }
}
