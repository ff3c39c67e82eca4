// mailmove: mail as Maildirs.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A Maildir for each folder; the bytes are exact, the file's time is INTERNALDATE, and the flags
/// are in its name. Keywords have no place there.
final class MaildirSink: ExportSink {
  private let tree: ExportTree
  /// What is between a file's name and its flags; nil until the file system was asked.
  private var separator: String?
  private var counts: [String: Int64] = [:]

  /// In the order of the alphabet, as the format wants them.
  private static let letters: [(flag: SystemFlags, letter: String)] = [
    (.draft, "D"), (.flagged, "F"), (.answered, "R"), (.seen, "S"), (.deleted, "T"),
  ]

  /// The format's own first, then what other programs use where a file system takes no colon: FAT,
  /// exFAT and the servers of Windows.
  private static let separators = [":", ";", "!"]

  init(_ tree: ExportTree) { self.tree = tree }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let place = tree.place(of: message)
    if counts[place] == nil {
      for part in ["cur", "new", "tmp"] { try tree.provideDirectory("\(place)/\(part)") }
    }
    let separator = try usedSeparator(in: place)
    let number = counts[place, default: 0] + 1
    counts[place] = number
    let flags = Self.letters.filter { message.flags.system.contains($0.flag) }.map(\.letter)
    let seconds = message.date?.secondsSinceEpoch ?? 0
    let name = "\(max(0, seconds)).\(number).mailmove,S=\(message.bytes.count)"
    try tree.write(message, to: "\(place)/cur/\(name)\(separator)2,\(flags.joined())")
  }

  func finish() async throws(ArchiveError) { try tree.synchronize() }

  var remarks: [String] {
    guard let separator, separator != Self.separators.first else { return [] }
    return [
      "names of files cannot have a ':' there; the flags of a message follow '\(separator)2,' "
        + "instead of ':2,'"
    ]
  }

  /// Finds out by making a file, since no file system tells what names it takes.
  private func usedSeparator(in place: String) throws(ArchiveError) -> String {
    if let separator { return separator }
    var failure: ArchiveError?
    for candidate in Self.separators {
      do throws(ArchiveError) {
        guard try tree.accepts("mailmove\(candidate)2,", in: place + "/tmp") else { continue }
        separator = candidate
        return candidate
      } catch {
        if case .diskFull = error { throw error }
        failure = failure ?? error
      }
    }
    throw failure
      ?? .io(
        operation: "making", path: place, reason: "names of Maildir files are not taken there")
  }
}
