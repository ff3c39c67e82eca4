// mailmove: mail as Maildirs.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A Maildir for each folder; the bytes are exact, the file's time is INTERNALDATE, and the flags
/// are in its name. Keywords have no place there.
final class MaildirSink: ExportSink {
  private let tree: ExportTree
  private var counts: [String: Int64] = [:]

  /// In the order of the alphabet, as the format wants them.
  private static let letters: [(flag: SystemFlags, letter: String)] = [
    (.draft, "D"), (.flagged, "F"), (.answered, "R"), (.seen, "S"), (.deleted, "T"),
  ]

  init(_ tree: ExportTree) { self.tree = tree }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let place = tree.place(of: message)
    if counts[place] == nil {
      for part in ["cur", "new", "tmp"] { try tree.provideDirectory("\(place)/\(part)") }
    }
    let number = counts[place, default: 0] + 1
    counts[place] = number
    let flags = Self.letters.filter { message.flags.system.contains($0.flag) }.map(\.letter)
    let seconds = message.date?.secondsSinceEpoch ?? 0
    let name =
      "\(max(0, seconds)).\(number).mailmove,S=\(message.bytes.count):2,\(flags.joined())"
    try tree.write(message, to: "\(place)/cur/\(name)")
  }

  func finish() async throws(ArchiveError) { tree.synchronize() }
}
