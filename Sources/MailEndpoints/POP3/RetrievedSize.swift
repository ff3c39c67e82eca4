// mailmove: how much of a message came.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// How long a text is beside what the server announced for it.
///
/// A server that cannot read a message may end it with a dot all the same: what came is then no
/// message, though nothing else shows that.
struct RetrievedSize: Equatable {
  let octets: Int64
  /// As LIST and the answer to RETR say, as far as they do.
  private let announced: [Int64]
  let hasHeader: Bool
  private let lines: Int64

  /// - Parameters:
  ///   - listed: as LIST says; 0 when it did not.
  ///   - told: as the answer to RETR says; nil when it did not.
  init(of text: [UInt8], listed: Int64, told: Int64?) {
    octets = Int64(text.count)
    // What is larger than any message that is taken is a slip of the server's.
    announced = [listed, told ?? 0].filter { (1...Int64(Limits.literalBytesMax)).contains($0) }
    hasHeader = HeaderFields(text).hasFields
    lines = text.withUnsafeBytes { bytes in Int64(bytes.count { $0 == 0x0A }) }
  }

  /// What was announced, for people.
  var full: Int64 { announced.max() ?? octets }

  /// As long as the server says; line ends counted as one octet or as two.
  var isExact: Bool {
    announced.contains { size in
      [octets, octets - lines].contains { abs($0 - size) <= Self.tolerance }
    }
  }

  /// Shorter than all that was announced, by more than a line end.
  var isShorter: Bool {
    announced.min().map { $0 - octets > Self.tolerance && !isExact } ?? false
  }

  /// Less than can be a slip of counting, by all that was announced.
  var isFarTooShort: Bool {
    guard let least = announced.min() else { return false }
    return least - octets > max(Self.shortfallMax, least / Self.shareMax)
  }

  /// Whether it may be a message without more ado. What has no header at all is one only at its
  /// full size.
  var isPlausible: Bool {
    hasHeader ? !isFarTooShort : octets + Self.tolerance >= full
  }

  /// A line end more or less.
  static let tolerance: Int64 = 2
  /// Octets that a size may be too large without a doubt.
  private static let shortfallMax: Int64 = 256
  /// The same as a part of the size: a twentieth.
  private static let shareMax: Int64 = 20
}

/// How true the sizes of an account's server are, as far as they were compared with texts.
struct SizeRecord: Sendable {
  /// What is to be made of a text.
  enum Verdict: Equatable {
    case message
    /// Far too short; to be asked for once more, alone.
    case doubtful
    /// The same again: no message, unless this server's sizes are wrong for nearly all others.
    case shortUnlessOthersAre
    /// The same again: no message, whatever the others are like.
    case short
  }

  private var exact = 0
  /// As messages are where sizes are rounded up. What is longer than announced says nothing here.
  private var shorter = 0
  /// Messages whose text was far too short, and whether it had a header: one without says nothing
  /// of sizes.
  private var doubted: [UID: Bool] = [:]

  /// Takes note of a text. Whether the message was doubted before.
  mutating func note(_ size: RetrievedSize, of uid: UID) -> Bool {
    guard !size.isPlausible else {
      if size.isExact { exact += 1 }
      if size.isShorter { shorter += 1 }
      return false
    }
    return doubted.updateValue(size.hasHeader, forKey: uid) != nil
  }

  /// Takes note of a text and decides whether it is a message.
  ///
  /// One that is far shorter than announced is believed only if it was asked for again and the
  /// sizes of nearly all messages are wrong.
  mutating func judge(_ size: RetrievedSize, of uid: UID) -> Verdict {
    let wasDoubted = note(size, of: uid)
    if size.isPlausible { return .message }
    guard wasDoubted else { return .doubtful }
    return size.hasHeader ? .shortUnlessOthersAre : .short
  }

  /// The messages that are to be read for it where too few texts were seen to tell what this
  /// server's sizes are like: the smallest others, which are cheap, and in which rounding shows
  /// most.
  func samples(beside uid: UID, among entries: [Entry]) -> [Entry] {
    guard exact + off(beside: uid) < Self.samplesMin else { return [] }
    let others = entries.filter { $0.uid != uid && $0.size > 0 && !isDoubted($0.uid) }
    return Array(others.sorted { ($0.size, $0.uid) < ($1.size, $1.uid) }.prefix(Self.samplesMin))
  }

  /// Nearly all other messages are shorter than was announced, so that one more says nothing.
  func isOff(beside uid: UID) -> Bool {
    let off = off(beside: uid)
    return off > 0 && exact <= off / Self.exactShareMax
  }

  func isDoubted(_ uid: UID) -> Bool { doubted[uid] != nil }

  private func off(beside uid: UID) -> Int {
    shorter + doubted.count { $0.value && $0.key != uid }
  }

  /// Texts to compare with, at least.
  private static let samplesMin = 3
  /// Sizes that are rounded are right now and then.
  private static let exactShareMax = 9
}
