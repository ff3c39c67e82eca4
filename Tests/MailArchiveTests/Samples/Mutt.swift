// mailmove: what mutt reads.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit

/// Lets mutt read a mailbox.
enum Mutt {
  /// The names of the files after mutt has copied a mailbox into a Maildir.
  static func copied(_ mailbox: String, in folder: TemporaryFolder) throws -> [String] {
    let settings = """
      open-hook \\\\.gz$ "gzip -cd %f > %t"
      set mbox_type=Maildir confirmappend=no confirmcreate=no copy=no wait_key=no quit=yes
      set auto_tag=yes sort=mailbox-order folder=\(folder.path)
      push "<tag-pattern>~A<enter><copy-message>\(folder.file("copied"))<enter><quit>n"
      """
    try Data(settings.utf8).write(to: URL(fileURLWithPath: folder.file("muttrc")))
    // mutt wants a terminal; `script` makes one.
    let command = "mutt -n -F muttrc -R -f \(mailbox)"
    _ = try Shell.run(
      "TERM=xterm HOME=$PWD timeout 60 script -qec \"\(command)\" /dev/null", in: folder.path)
    return try ["new", "cur"].flatMap {
      try FileManager.default.contentsOfDirectory(atPath: folder.file("copied/" + $0))
    }
  }

  /// The flags in the name of a file of a Maildir.
  static func letters(in name: String) -> String {
    guard name.split(separator: ",").count == 2 else { return "" }
    return String(name.reversed().prefix(while: \.isLetter).reversed())
  }
}
