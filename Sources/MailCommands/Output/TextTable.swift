// mailmove: tables.
// SPDX-License-Identifier: Apache-2.0

import MailJobs

/// A table of text whose columns line up on a terminal, wide characters included.
struct TextTable {
  struct Column {
    let title: String
    /// Numbers stand on the right.
    let isNumber: Bool
    /// The most columns of the terminal it may take.
    let widthMax: Int

    init(_ title: String, isNumber: Bool = false, widthMax: Int = 48) {
      self.title = title
      self.isNumber = isNumber
      self.widthMax = widthMax
    }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Takes one text for each column; whatever is unsafe on a terminal is taken out.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map(SafeText.visible))
  }

  /// The lines, the first of them the titles; nothing when there are no rows.
  var lines: [String] {
    guard !rows.isEmpty else { return [] }
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { index in
      min(columns[index].widthMax, all.map { DisplayWidth.of($0[index]) }.max() ?? 0)
    }
    return all.map { row in
      let cells = columns.indices.map { index in
        DisplayWidth.padded(
          DisplayWidth.truncated(row[index], to: widths[index]), to: widths[index],
          onLeft: columns[index].isNumber)
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
