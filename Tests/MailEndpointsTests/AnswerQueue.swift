// mailmove: answers in turn.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands out answers one after the other; after the last one a plain OK.
final class AnswerQueue: Sendable {
  private let rest: Mutex<[[String]]>

  init(_ answers: [[String]]) { rest = Mutex(answers) }

  func next() -> [String] {
    rest.withLock { $0.isEmpty ? ["OK done"] : $0.removeFirst() }
  }
}
