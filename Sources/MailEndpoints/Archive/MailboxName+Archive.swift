// mailmove: folders of an archive as mailboxes.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import SyncEngine

extension MailboxName {
  /// The name of an archive's folder, which is in Unicode there.
  init(_ folder: ArchiveFolder) { self.init(ModifiedUTF7.encode(folder.name)) }

  /// The name of the folder in an archive; text that is no modified UTF-7 is taken as it is.
  var folderName: String {
    ModifiedUTF7.decode(bytes[...]) ?? ModifiedUTF7.decodeTolerantly(bytes[...]).text
  }
}

extension Mailbox {
  /// A folder of an archive, as a server would list it.
  init(_ folder: ArchiveFolder, _ status: MailboxStatus) {
    self.init(
      name: MailboxName(folder), delimiter: folder.delimiter?.utf8.first,
      attributes: folder.special.map { [$0] } ?? [], isSubscribed: true, status: status)
  }
}
