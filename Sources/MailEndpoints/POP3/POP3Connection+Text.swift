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
  /// One that is far shorter than announced is believed only if it was asked for again and this
  /// server's sizes are wrong for nearly all messages.
  ///
  /// - Parameter rest: what the answer to RETR says behind `+OK`.
  func text(of entry: Entry, announced rest: [UInt8]) throws -> RetrievedText {
    switch try readText(of: entry) {
    case .oversize(let octets): return .oversize(octets)
    case .bytes(let bytes):
      let size = RetrievedSize(
        of: bytes, listed: entry.size, told: POP3Listing.octets(announced: rest))
      let wasDoubted = account.experience.sizes.withLock { $0.note(size, of: entry.uid) }
      // What is empty is asked for again by whoever asked.
      if size.isPlausible || bytes.isEmpty { return .whole(bytes) }
      guard wasDoubted else { return .doubtful }
      guard size.hasHeader, try sizesAreOff(beside: entry.uid) else { return .short(size) }
      return .whole(bytes)
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
    if sizes().compared(beside: uid) < Self.samplesMin, try line().outstanding == 0 {
      for other in samples(beside: uid, sizes()) { try sample(other) }
    }
    return sizes().isOff(beside: uid)
  }

  /// The smallest other messages: cheap, and rounding shows most in them.
  private func samples(beside uid: UID, _ known: SizeRecord) -> [Entry] {
    let others = (maildrop?.entries ?? []).filter {
      $0.uid != uid && $0.size > 0 && !known.isDoubted($0.uid)
    }
    return Array(others.sorted { ($0.size, $0.uid) < ($1.size, $1.uid) }.prefix(Self.samplesMin))
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

  /// Texts to compare with, at least.
  private static let samplesMin = 3
}
