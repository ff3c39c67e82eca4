// mailmove: families of mail servers.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A family of servers that behave alike; it tunes, it never unlocks anything unsafe.
package enum ServerFamily: String, Sendable, CaseIterable {
  case generic
  case gmail
  /// Exchange on premises, Exchange Online and Outlook.com.
  case exchange
  /// Yahoo and AOL.
  case yahoo
  case iCloud
  case dovecot
  /// Cyrus and Fastmail.
  case cyrus
  case courier
  /// UW-IMAP and Panda.
  case uw
  case zimbra
  case hMailServer
  case kerio
  case domino
  case groupWise
  case stalwart
  case yandex
  case mailRu
  case qq
  /// 163, 126 and yeah.net.
  case netEase
  /// GMX, WEB.DE and mail.com.
  case gmx
  case protonBridge
  case davMail
  case mailEnable
  case smarterMail
  case axigen
  case communiGate
  case dbmail
  case james
  /// Not a server: mailmove's own archive, which takes every name as it is.
  case archive

  /// The family, from what a server says about itself and from the host the user typed.
  ///
  /// - Parameters:
  ///   - host: The host name.
  ///   - greeting: The text of the greeting.
  ///   - id: The answer to ID (RFC 2971); empty when there is none.
  ///   - capabilities: After login, where that differs.
  package static func detect(
    host: String, greeting: String, id: [String: String], capabilities: CapabilitySet
  ) -> ServerFamily {
    if capabilities.has(.gmailExtensions) { return .gmail }
    let name = (id.first { $0.key.lowercased() == "name" }?.value ?? "").lowercased()
    let vendor = (id.first { $0.key.lowercased() == "vendor" }?.value ?? "").lowercased()
    let said = [name, vendor, greeting.lowercased()].map { Array($0.utf8) }
    let host = host.lowercased()
    return clues.first { clue in
      clue.hosts.contains { host == $0 || host.hasSuffix("." + $0) }
        || clue.words.contains { word in said.contains { $0.contains(word: word.utf8) } }
    }?.family ?? .generic
  }

  /// The first clue that fits decides. Providers come before the software they run on.
  private static let clues: [(family: ServerFamily, hosts: [String], words: [String])] = [
    (.gmail, ["gmail.com", "googlemail.com"], ["gimap"]),
    (.protonBridge, [], ["proton"]),
    (.davMail, [], ["davmail"]),
    (
      .exchange, ["outlook.com", "office365.com", "hotmail.com", "live.com"],
      ["microsoft exchange", "microsoft.exchange"]
    ),
    (.yahoo, ["yahoo.com", "yahoo.co.jp", "aol.com"], ["yahoo", "aol imap"]),
    (.iCloud, ["mail.me.com", "icloud.com"], ["icloud"]),
    (.yandex, ["yandex.ru", "yandex.com", "yandex.net"], ["yandex"]),
    (.mailRu, ["mail.ru", "bk.ru", "inbox.ru", "list.ru"], ["mail.ru"]),
    (.qq, ["qq.com"], ["qqmail"]),
    (.netEase, ["163.com", "126.com", "yeah.net", "188.com"], ["coremail"]),
    (
      .gmx, ["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "web.de", "mail.com"], ["gmx"]
    ),
    (.cyrus, ["fastmail.com", "messagingengine.com"], ["cyrus"]),
    (.courier, [], ["courier"]),
    (.zimbra, [], ["zimbra", "carbonio"]),
    (.domino, [], ["domino"]),
    (.groupWise, [], ["groupwise"]),
    (.kerio, [], ["kerio"]),
    (.stalwart, [], ["stalwart"]),
    (.mailEnable, [], ["mailenable"]),
    (.smarterMail, [], ["smartermail"]),
    (.axigen, [], ["axigen"]),
    (.communiGate, [], ["communigate"]),
    (.dbmail, [], ["dbmail"]),
    (.james, [], ["james"]),
    (.uw, [], ["uw imap", "panda imap", "imap4rev1 2007", "imap4rev1 2006", "imap4rev1 2004"]),
    (.hMailServer, [], ["hmailserver", "imaprev1"]),
    (.dovecot, [], ["dovecot"]),
  ]
}

extension [UInt8] {
  /// Every login asks for all words; to look for a `String` in another costs fifty times as much.
  fileprivate func contains(word: String.UTF8View) -> Bool {
    guard let first = word.first, word.count <= count else { return false }
    return indices.dropLast(word.count - 1).contains { index in
      self[index] == first && self[index...].starts(with: word)
    }
  }
}
