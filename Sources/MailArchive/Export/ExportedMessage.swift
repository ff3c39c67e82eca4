// mailmove: a message on its way out of an archive.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message with what other formats have room for.
package struct ExportedMessage: Sendable, Equatable {
  /// The bytes as the server sent them, with their digest.
  package let bytes: [UInt8]
  package let digest: SHA256Digest
  package let date: InternalDate?
  package let flags: FlagSet
  /// The label of the account.
  package let account: String
  /// The name of the folder, in Unicode.
  package let folder: String
  /// What is between the levels of the folder's name; nil if there are none.
  package let delimiter: String?

  package init(
    bytes: [UInt8], digest: SHA256Digest, date: InternalDate?, flags: FlagSet, account: String,
    folder: String, delimiter: String?
  ) {
    self.bytes = bytes
    self.digest = digest
    self.date = date
    self.flags = flags
    self.account = account
    self.folder = folder
    self.delimiter = delimiter
  }
}
