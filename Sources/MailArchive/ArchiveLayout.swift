// mailmove: where the parts of an archive are.
// SPDX-License-Identifier: Apache-2.0

/// The names of an archive's files, relative to the archive (docs/archive-format.md).
package enum ArchiveLayout {
  package static let identity = "mailmove-archive.json"
  package static let readme = "README.txt"
  package static let lock = "LOCK"
  package static let head = "HEAD"
  package static let checksums = "SHA256SUMS"
  package static let segments = "segments"
  package static let journal = "journal"
  package static let catalog = "catalog.sqlite"
  /// The directory of mail whose date is missing or cannot be right.
  package static let undated = "undated"

  package static let segmentSuffix = ".mbox.gz"
  package static let journalSuffix = ".jsonl.gz"

  /// The directory a file is in; empty for the archive itself.
  package static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  package static func journalPath(_ number: Int64) -> String {
    journal + "/" + eightDigits(number) + journalSuffix
  }

  /// - Parameter year: `2019`, or `undated`.
  package static func segmentPath(_ number: Int64, year: String) -> String {
    segments + "/" + year + "/" + eightDigits(number) + segmentSuffix
  }

  /// The number in a file's name such as `00000012.mbox.gz`; nil for any other name.
  package static func number(of name: some StringProtocol, suffix: String) -> Int64? {
    guard name.hasSuffix(suffix) else { return nil }
    let digits = name.dropLast(suffix.count)
    guard digits.utf8.count >= 8, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int64(digits)
  }

  package static func eightDigits(_ number: Int64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
