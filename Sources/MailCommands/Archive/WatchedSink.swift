// mailmove: mail on its way out, watched.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs
import Synchronization

/// Passes messages on and says now and then how many there were.
struct WatchedSink: ExportSink {
  private let sink: any ExportSink
  private let words: ProgressWords
  private let counts: Counts

  private final class Counts: Sendable {
    private let counts = Mutex<(messages: Int64, bytes: Int64)>((0, 0))

    func add(_ bytes: Int) -> (messages: Int64, bytes: Int64) {
      counts.withLock { counts in
        counts.messages += 1
        counts.bytes += Int64(bytes)
        return counts
      }
    }
  }

  init(_ sink: any ExportSink, _ terminal: Terminal) {
    self.sink = sink
    words = ProgressWords(terminal)
    counts = Counts()
  }

  func add(_ message: ExportedMessage) async throws(ArchiveError) {
    try await sink.add(message)
    let (messages, bytes) = counts.add(message.bytes.count)
    words.note {
      "\(Quantity.count(messages, "message")) (\(Quantity.bytes(bytes))) so far, now in "
        + SafeText.visible(
          OpenArchive.path(of: message.folder, delimiter: message.delimiter))
    }
  }

  func finish() async throws(ArchiveError) { try await sink.finish() }

  var remarks: [String] { get async { await sink.remarks } }
}
