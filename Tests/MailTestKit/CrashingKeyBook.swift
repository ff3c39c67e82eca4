// mailmove: a key book that can crash.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Any key book with a hook around each call that may give new numbers.
package struct CrashingKeyBook: KeyBook {
  private let wrapped: any KeyBook
  private let onDurableStep: DurableStepHook

  package init(_ wrapped: any KeyBook, onDurableStep: @escaping DurableStepHook) {
    self.wrapped = wrapped
    self.onDurableStep = onDurableStep
  }

  package func numbers(for names: [String?], of mailbox: MailboxName) async throws -> [UID] {
    try onDurableStep("before numbers")
    let numbers = try await wrapped.numbers(for: names, of: mailbox)
    try onDurableStep("after numbers")
    return numbers
  }
}
