// mailmove: what servers are like for a time.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine
import Synchronization

@testable import MailEndpoints

/// What the servers of a world do for a time, beside their habits.
final class Temper: Sendable {
  private struct State {
    /// One message of the maildrop, and what comes of it.
    var short: (token: Int, cut: Act.Cut)?
    /// Messages that the target will refuse, with these words.
    var refusals = 0
    var words = ""
  }

  private let state = Mutex(State())

  // MARK: The maildrop

  var isShort: Bool { state.withLock { $0.short != nil } }

  /// From now on a message is handed out as a part of itself; nil: all are whole again.
  func cut(_ token: Int?, _ cut: Act.Cut) {
    state.withLock { $0.short = token.map { (token: $0, cut: cut) } }
  }

  /// The text that comes for a message.
  func text(of stored: FakeAccount.StoredMessage) -> [UInt8] {
    guard let short = state.withLock({ $0.short }), short.token == stored.token else {
      return stored.bytes
    }
    return short.cut.text(of: stored.bytes)
  }

  // MARK: The target

  /// From now on so many messages are refused.
  func refuse(_ count: Int, saying words: String) {
    state.withLock { ($0.refusals, $0.words) = (count, words) }
  }

  var refuses: Bool { state.withLock { $0.refusals > 0 } }

  /// Why the next message is not taken, as the product understands the answer.
  func refusal() -> SyncError? {
    let words = state.withLock { state -> String? in
      guard state.refusals > 0 else { return nil }
      state.refusals -= 1
      return state.words
    }
    return words.map {
      ServerAnswer.error(StatusResponse(kind: .no, text: $0), on: .append, side: .target)
    }
  }
}

extension Act.Cut {
  /// What is left of a message.
  func text(of bytes: [UInt8]) -> [UInt8] {
    let text = bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0 + [10] }
    let header = text.firstIndex { $0.elementsEqual([13, 10]) } ?? 0
    return switch self {
    case .nothing: [13, 10]
    case .header: Array(text.prefix(header + 1).joined())
    case .firstLines: Array(text.prefix(header + 3).joined())
    }
  }
}

extension Act.Cut: CustomStringConvertible {
  var description: String {
    switch self {
    case .nothing: "an empty line"
    case .header: "its header"
    case .firstLines: "its first lines"
    }
  }
}
