// mailmove: what happens to servers and disks for a time.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import SyncEngine

/// Each says what it did, or nil where there was nothing to do it to.
extension World {
  /// One message at most, so that it stands out among others whose sizes are right; where all come
  /// short, sizes say nothing (docs/servers.md).
  func cutShort(_ number: Int, _ cut: Act.Cut) -> String? {
    guard !temper.isShort, let (name, uid) = message(.source, 0, number),
      let stored = source.boxes[name]?.messages[uid]
    else { return nil }
    temper.cut(stored.token, cut)
    return "source: of \(text(.source, name, uid)) only \(cut) comes"
  }

  func makeWhole() -> String? {
    guard temper.isShort else { return nil }
    temper.cut(nil, .nothing)
    return "source: all mail comes whole again"
  }

  private static let words: [String] =
    RemovalMark.allCases.map(\.text) + ["flags not carried", "deleted from the source"]

  func refuse(_ count: Int, _ words: Int) -> String? {
    let text = "x; \(Self.choose(words, from: Self.words) ?? "")"
    temper.refuse(count, saying: text)
    return "target: the next \(count) mails are refused with \"\(text)\""
  }

  func takeAgain() -> String? {
    guard temper.refuses else { return nil }
    temper.refuse(0, saying: "")
    return "target: all mail is taken again"
  }

  func moveArchive(_ asLink: Bool) -> String? {
    guard shelf?.moveHouse(asLink: asLink) == true else { return nil }
    return "target: the archive is moved\(asLink ? ", and known by a symbolic link" : "")"
  }
}
