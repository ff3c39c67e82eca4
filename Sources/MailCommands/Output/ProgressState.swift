// mailmove: how far a run is.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailJobs
import SyncEngine

/// How far a run is, as its events tell. Time is given, so it is a plain value.
struct ProgressState: Sendable {
  /// Messages and octets.
  struct Amount: Sendable, Equatable {
    var messages = 0
    var bytes: Int64 = 0
  }

  /// Mailboxes of the map; 0 before it is known.
  private(set) var mailboxes = 0
  private(set) var mailboxesStarted = 0
  private(set) var mailboxesFinished = 0
  /// The mailbox something happened in last; empty in the beginning.
  private(set) var current = ""
  /// Of the mailboxes that have begun.
  private var begun = Amount()
  /// Of the whole run, as the listing told; nil if it did not.
  private var planned: Amount?
  private(set) var done = Amount()
  /// Set while the run waits after a failure.
  private(set) var waiting: String?
  private var rate = TransferRate()

  init() {}

  /// Takes an event that happened `now`, counted from the start of the run.
  mutating func apply(_ event: RunEvent, at now: Duration) {
    switch event {
    case .planned(let count, let toCopy):
      mailboxes = count
      planned = toCopy.map { Amount(messages: $0.messages, bytes: $0.bytes) }
    case .mailboxStarted(let pair, let messages, let bytes):
      mailboxesStarted += 1
      current = Self.name(of: pair)
      begun.messages += messages
      begun.bytes += bytes
    case .settled(let pair, let messages, let bytes):
      current = Self.name(of: pair)
      done.messages += messages
      done.bytes += bytes
      waiting = nil
      rate.add(bytes, at: now)
    case .skipped(let pair, _):
      current = Self.name(of: pair)
      done.messages += 1
    case .mailboxFinished: mailboxesFinished += 1
    case .retrying(let error, let delay, _):
      waiting = "\(error.cause.sentence(for: error.side)), waiting \(Quantity.time(delay))"
    case .notice, .warning: break
    }
  }

  /// Takes an event of a comparison; what is compared counts as done.
  mutating func apply(_ event: VerifyEvent, at now: Duration) {
    switch event {
    case .planned(let count, let toCompare):
      mailboxes = count
      planned = Amount(messages: toCompare.messages, bytes: toCompare.bytes)
    case .mailboxStarted(let pair):
      mailboxesStarted += 1
      current = Self.name(of: pair)
    case .compared(_, let messages, let bytes):
      done.messages += messages
      done.bytes += bytes
      rate.add(bytes, at: now)
    case .mailboxFinished: mailboxesFinished += 1
    }
  }

  /// Octets a second over the last seconds; nil until there is something to tell.
  func bytesPerSecond(at now: Duration) -> Double? { rate.bytesPerSecond(at: now) }

  /// What is to be done in all, as far as it is known; what was found is never less than that.
  var total: Amount {
    guard let planned else { return begun }
    return Amount(
      messages: max(planned.messages, begun.messages), bytes: max(planned.bytes, begun.bytes))
  }

  /// The total is the total of the run: the listing told it, or all mailboxes have begun.
  var isTotalKnown: Bool {
    mailboxes > 0 && (planned != nil || mailboxesStarted >= mailboxes)
  }

  /// nil while it would be a guess.
  func timeLeft(at now: Duration) -> Duration? {
    guard isTotalKnown, waiting == nil, total.bytes > done.bytes,
      let rate = bytesPerSecond(at: now), rate >= 1
    else { return nil }
    let seconds = Double(total.bytes - done.bytes) / rate
    return seconds < 30 * 86400 ? .seconds(seconds.rounded()) : nil
  }

  private static func name(of pair: MailboxPair) -> String {
    SafeText.visible(pair.mapped.sourcePath)
  }
}

/// A rate that follows changes within seconds and does not jump.
struct TransferRate: Sendable {
  /// Half of what is remembered is this old.
  static let halfLife = 5.0
  /// Below this a rate says nothing.
  static let settling = Duration.seconds(2)

  private var start: Duration?
  private var last = Duration.zero
  /// Octets and seconds, both fading at the same pace: their quotient is the rate.
  private var bytes = 0.0
  private var seconds = 0.0

  mutating func add(_ count: Int64, at now: Duration) {
    if start == nil {
      start = now
      last = now
      return
    }
    fade(to: now)
    bytes += Double(count)
  }

  func bytesPerSecond(at now: Duration) -> Double? {
    guard let start, now - start >= Self.settling else { return nil }
    var copy = self
    copy.fade(to: now)
    return copy.seconds > 0 ? copy.bytes / copy.seconds : nil
  }

  private mutating func fade(to now: Duration) {
    let passed = max(0, (now - last) / .seconds(1))
    let kept = exp2(-passed / Self.halfLife)
    bytes *= kept
    seconds = seconds * kept + passed
    last = max(last, now)
  }
}
