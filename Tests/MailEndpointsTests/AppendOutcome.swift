// mailmove: what became of appended messages.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine

/// What became of appended messages, by the UID they have at the source.
struct AppendOutcome {
  var stored: [UInt32: Receipt] = [:]
  var refused: [UInt32: SyncError] = [:]
  var count = 0

  init(_ results: [AppendResult]) {
    count = results.count
    for result in results {
      switch result.verdict {
      case .stored(let receipt): stored[result.key.uid.rawValue] = receipt
      case .refused(let error): refused[result.key.uid.rawValue] = error
      }
    }
  }

  /// Appends messages to INBOX of a scripted server, one session, and stops the server.
  static func appending(
    _ messages: [Message], to server: ScriptedIMAPServer
  ) async throws -> AppendOutcome {
    let target = try await IMAPTarget.connect(server.account())
    var results: [AppendResult] = []
    do {
      let inbox = try await target.open(ScriptedMailbox.mapped("INBOX"), lastKnown: nil)
      for message in messages { results += try await target.append(message, to: inbox) }
      results += try await target.settle()
    } catch {
      await target.close()
      server.stop()
      throw error
    }
    await target.close()
    server.stop()
    return AppendOutcome(results)
  }
}
