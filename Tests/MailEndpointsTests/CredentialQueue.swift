// mailmove: credentials in turn.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailWire
import Synchronization

/// Hands out credentials one after the other, the last one for ever, and counts.
final class CredentialQueue: Sendable {
  private let state: Mutex<(next: Int, all: [Credential])>

  init(_ credentials: [Credential]) { state = Mutex((0, credentials)) }

  static func password(_ text: String) -> CredentialQueue {
    CredentialQueue([.password(Secret(text))])
  }

  static func tokens(_ texts: String...) -> CredentialQueue {
    CredentialQueue(texts.map { .token(Secret($0)) })
  }

  var timesAsked: Int { state.withLock { $0.next } }

  func provider(_ kind: CredentialProvider.Kind) -> CredentialProvider {
    CredentialProvider(kind: kind) {
      self.state.withLock { state in
        defer { state.next += 1 }
        return state.all[min(state.next, state.all.count - 1)]
      }
    }
  }
}
