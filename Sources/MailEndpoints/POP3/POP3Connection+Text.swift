// mailmove: the text of a message, and whether it is one.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine
import Synchronization

extension POP3Connection {
  /// What came for a message.
  enum RetrievedText {
    case whole([UInt8])
    /// Far shorter than announced; to be asked for once more, alone.
    case doubtful
    /// The same again: no message.
    case short(RetrievedSize)
    case oversize(Int)
  }

  /// Reads a text and decides whether it is a message.
  ///
  /// - Parameter rest: what the answer to RETR says behind `+OK`.
  func text(of entry: Entry, announced rest: [UInt8]) throws -> RetrievedText {
    switch try readText(of: entry) {
    case .oversize(let octets): return .oversize(octets)
    case .bytes(let bytes):
      let size = RetrievedSize(
        of: bytes, listed: entry.size, told: POP3Listing.octets(announced: rest))
      let verdict = account.experience.sizes.withLock { $0.judge(size, of: entry.uid) }
      // What is empty is asked for again by whoever asked.
      if bytes.isEmpty { return .whole(bytes) }
      switch verdict {
      case .message: return .whole(bytes)
      case .doubtful: return .doubtful
      case .short: return .short(size)
      case .shortUnlessOthersAre:
        return try sizesAreOff(beside: entry.uid) ? .whole(bytes) : .short(size)
      }
    }
  }

  private func readText(of entry: Entry) throws -> POP3Framer.Text {
    let wire = try line()
    let text = try wire.text(limit: Limits.literalBytesMax, size: entry.size)
    if case .bytes(let bytes) = text,
      Int64(bytes.count) + RetrievedSize.tolerance < entry.size
    {
      try wire.insistOnEnd(within: patience)
    }
    return text
  }

  /// Whether this server's sizes say nothing. Where too few texts were seen to tell, some others
  /// are read for it, unless answers are due.
  private func sizesAreOff(beside uid: UID) throws -> Bool {
    let sizes = { self.account.experience.sizes.withLock { $0 } }
    if try line().outstanding == 0 {
      let others = sizes().samples(beside: uid, among: maildrop?.entries ?? [])
      for other in others { try sample(other) }
    }
    return sizes().isOff(beside: uid)
  }

  private func sample(_ entry: Entry) throws {
    guard let number = maildrop?.numbers[entry.uid],
      case .positive(let rest) = try line().ask(.retr(number), within: patience),
      case .bytes(let bytes) = try readText(of: entry)
    else { return }
    let size = RetrievedSize(
      of: bytes, listed: entry.size, told: POP3Listing.octets(announced: rest))
    account.experience.sizes.withLock { _ = $0.note(size, of: entry.uid) }
  }
}
