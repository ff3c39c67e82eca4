// mailmove: mail as single files.
// SPDX-License-Identifier: Apache-2.0

/// A file with the exact bytes for each message, numbered within its folder: `00000001.eml`.
final class EmlSink: ExportSink {
  private let tree: ExportTree
  private var counts: [String: Int64] = [:]

  init(_ tree: ExportTree) { self.tree = tree }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    let place = tree.place(of: message)
    try tree.provideDirectory(place)
    let number = counts[place, default: 0] + 1
    counts[place] = number
    try tree.write(message, to: "\(place)/\(ArchiveLayout.eightDigits(number)).eml")
  }

  func finish() async throws(ArchiveError) { try tree.synchronize() }
}
