internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel

extension Invocation {
  /// Shows the containers of the store. A damaged one is a line too, and no failure.
  func list(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try reporter.openLog()
    let listing = try ContainerListing(try store(), mayBeMissing: global.root == nil)
    for entry in listing.entries {
      if case .damaged(let id, _, let problem) = entry { reporter.warn("container \(id): \(problem)") }
    }
    for name in listing.foreign { reporter.warn("\(name) in the folder of the containers is none") }
    if options.flag(.quiet) {
      Output.write(listing.entries.map { $0.id + "\n" }.joined())
      return 0
    }
    switch options.format {
    case .json: Output.write(listing.entries.json() + [UInt8(ascii: "\n")])
    case .table: Output.write(TextTable(columns: ContainerListing.columns, rows: listing.rows).text)
    }
    return 0
  }
}

/// Cells in columns as Go's tabwriter sets them for runc: each at least 12 wide, three blanks between, nothing after the
/// last.
struct TextTable {
  let columns: [String]
  let rows: [[String]]

  var text: [UInt8] {
    let lines = [columns] + rows.map { $0.map(plain) }
    let lengths = lines.map { $0.map(length) }
    let widths = columns.indices.map { column in lengths.reduce(12) { max($0, 3 + $1[column]) } }
    var text: [UInt8] = []
    text.reserveCapacity(lines.count * widths.reduce(1, +))
    for (line, lengths) in zip(lines, lengths) {
      for (column, cell) in line.enumerated() {
        text += cell.utf8
        if column + 1 == line.count { break }
        text += repeatElement(UInt8(ascii: " "), count: widths[column] - lengths[column])
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// In characters: bytes that do not continue one.
  private func length(_ cell: String) -> Int { cell.utf8.reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) } }

  /// The words of a configuration must not drive the caller's terminal.
  private func plain(_ cell: String) -> String {
    // In plain ASCII a byte tells.
    guard cell.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }),
      cell.unicodeScalars.contains(where: isControl)
    else { return cell }
    var text = ""
    for scalar in cell.unicodeScalars {
      if isControl(scalar) {
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
  }
}
