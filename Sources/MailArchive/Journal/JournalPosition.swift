// mailmove: a place in the journal.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// The end of a commit in the journal.
package struct JournalPosition: Sendable, Equatable {
  /// Number of the commit that ends here; 0 before the first one.
  package var commit: Int64
  /// Number of the journal file.
  package var file: Int64
  /// Bytes of that file up to here.
  package var end: Int64
  /// SHA-256 of that file up to here.
  package var digest: SHA256Digest

  /// Before the first commit.
  package static let beginning = JournalPosition(
    commit: 0, file: 1, end: 0, digest: SHA256Digest(of: []))

  package init(commit: Int64, file: Int64, end: Int64, digest: SHA256Digest) {
    self.commit = commit
    self.file = file
    self.end = end
    self.digest = digest
  }
}
