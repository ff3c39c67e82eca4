// mailmove: one message of a sample.
// SPDX-License-Identifier: Apache-2.0

/// A message to put on a server: exactly these bytes, flags and date.
package struct SampleMessage: Sendable, Hashable {
  package var bytes: [UInt8]
  /// As on the wire: `\Seen`, `$Forwarded`.
  package var flags: [String]
  /// As on the wire, without quotes: `17-Jul-1996 02:44:25 -0700`.
  package var internalDate: String
  /// The path: UTF-8, `/` between levels.
  package var mailbox: String

  package init(bytes: [UInt8], flags: [String], internalDate: String, mailbox: String) {
    self.bytes = bytes
    self.flags = flags
    self.internalDate = internalDate
    self.mailbox = mailbox
  }
}
