// mailmove: how far an archive was.
// SPDX-License-Identifier: Apache-2.0

/// The last commit of an archive that a run knows of: whoever has that commit, with that digest,
/// has everything before it unchanged (invariant 13).
package struct ArchiveMark: Sendable, Equatable {
  /// The archive's own name for itself, which it keeps wherever it is moved.
  package let uuid: String
  /// The number of the commit; 0 for an archive that has none yet.
  package let commit: Int64
  /// SHA-256 of the journal up to the end of that commit, in hexadecimal digits.
  package let digest: String

  package init(uuid: String, commit: Int64, digest: String) {
    self.uuid = uuid
    self.commit = commit
    self.digest = digest
  }
}
