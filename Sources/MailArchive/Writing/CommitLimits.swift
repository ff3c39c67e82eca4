// mailmove: when an archive commits by itself.
// SPDX-License-Identifier: Apache-2.0

/// What a writer lets come together before it commits.
package struct CommitLimits: Sendable {
  /// New messages in one commit: more make it no faster.
  package var messages = 500
  /// Bytes of entries that are held in memory.
  package var bytes = 32 << 20
  /// Bytes of a message from which on it is compressed without making its text, which takes zlib
  /// three times as long as libdeflate and no memory.
  var largeMessage = 16 << 20
  /// Seconds since the first change that is not committed yet.
  package var seconds: Int64 = 5
  /// Changes of any kind; bounds the text of one commit.
  package var lines = 10_000
  /// Bytes of a journal file after which the next one begins.
  package var journalBytes: Int64 = 64 << 20
  /// Seconds after which a segment that got nothing is sealed: 30 days.
  package var quietSeconds: Int64 = 30 * 86_400

  package init() {}
}
