// mailmove: an IMAP account to read from.
// SPDX-License-Identifier: Apache-2.0

import SyncEngine

/// An IMAP account to read from, never changed.
package struct IMAPSource: IMAPReader {
  package let connection: IMAPConnection

  /// Opens a session. Throws `SyncError`.
  package static func connect(_ account: IMAPAccount) async throws -> IMAPSource {
    IMAPSource(connection: try await .open(account))
  }
}
