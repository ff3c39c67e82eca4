// mailmove: removal by a process that dies.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Any remover, with a crash point before and after everything that lasts; dead, it does nothing.
package struct DyingRemover: MailRemover {
  private let remover: any MailRemover
  private let crash: CrashPoint

  package init(_ remover: any MailRemover, crash: CrashPoint) {
    self.remover = remover
    self.crash = crash
  }

  package func obstacle(to manner: Removal.Manner) async -> SyncError? {
    await remover.obstacle(to: manner)
  }

  package func listing(of mailbox: MailboxName) async throws -> MailboxSnapshot {
    try await remover.listing(of: mailbox)
  }

  package func remove(
    _ proven: [RemovalProof], from mailbox: MailboxName, uidValidity: UIDValidity,
    manner: Removal.Manner
  ) async throws -> Set<UID> {
    try crash.pass("before remove")
    let removed = try await remover.remove(
      proven, from: mailbox, uidValidity: uidValidity, manner: manner)
    try crash.pass("after remove")
    return removed
  }

  package func commit() async throws {
    try crash.pass("before commit of removal")
    try await remover.commit()
    try crash.pass("after commit of removal")
  }

  package func close() async { await remover.close() }
}
