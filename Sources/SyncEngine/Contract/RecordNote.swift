// mailmove: the parts of a record's note.
// SPDX-License-Identifier: Apache-2.0

/// The form of a record's note: parts that each say one thing, with a semicolon between them.
enum RecordNote {
  private static let separator = "; "

  static func parts(of note: String?) -> [String] {
    note.map { $0.split(separator: separator).map(String.init) } ?? []
  }

  static func joined(_ parts: [String]) -> String { parts.joined(separator: separator) }
}
