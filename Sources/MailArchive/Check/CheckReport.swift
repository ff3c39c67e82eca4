// mailmove: what a check of an archive found.
// SPDX-License-Identifier: Apache-2.0

/// What was looked at, and what is wrong.
package struct CheckReport: Sendable, Equatable {
  /// Commits in the journal.
  package internal(set) var commits: Int64 = 0
  /// Where the journal ends; worth comparing with a head kept elsewhere. nil if it is damaged.
  package internal(set) var position: JournalPosition?
  /// Segments the archive has.
  package internal(set) var segments = 0
  /// Segments whose bytes were compared with their SHA-256.
  package internal(set) var segmentsRead = 0
  /// Bytes of these segments.
  package internal(set) var bytesRead: Int64 = 0
  /// Messages whose bytes were compared with their SHA-256.
  package internal(set) var messagesRead: Int64 = 0
  /// Everything that is wrong, as far as it was looked at.
  package internal(set) var findings: [ArchiveDamage] = []
  /// Messages that were found damaged now and are not on record as such; for
  /// `ArchiveWriter.noteDamage`, after which they are stored again when they come.
  package internal(set) var damagedMessages: [Int64] = []
  /// Messages that were found damaged and are on record as such already.
  package internal(set) var damagedOnRecord: [Int64] = []

  /// Segments with wrong bytes in which every message is whole, because what was damaged in them is
  /// stored again elsewhere.
  package internal(set) var healed: [ArchiveDamage] = []

  package var isClean: Bool { findings.isEmpty }
}
