// mailmove: tests of server families.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import Testing

@testable import SyncEngine

@Suite struct ServerFamilyTests {
  @Test(arguments: [
    ("", "Gimap ready for requests from 1.2.3.4", ServerFamily.gmail),
    ("", "The Microsoft Exchange IMAP4 service is ready.", .exchange),
    ("outlook.office365.com", "", .exchange),
    ("", "[CAPABILITY IMAP4rev1] Dovecot ready.", .dovecot),
    ("", "mail.example.org Cyrus IMAP 3.4.1 server ready", .cyrus),
    ("", "Courier-IMAP ready.", .courier),
    ("imap.fastmail.com", "", .cyrus), ("imap.mail.yahoo.com", "", .yahoo),
    ("imap.mail.me.com", "", .iCloud),
    ("", "Domino IMAP4 Server Release 9.0", .domino), ("", "IMAPrev1", .hMailServer),
    ("", "Yandex IMAP4rev1", .yandex), ("imap.web.de", "IMAP server ready", .gmx),
    ("", "QQMail", .qq),
    ("", "Coremail System IMap Server Ready", .netEase), ("", "host IMAP4rev1 2007f.404", .uw),
    ("", "Stalwart IMAP4rev2 at your service.", .stalwart), ("example.org", "hello", .generic),
    ("notgmail.com", "", .generic), ("", "Kerio Connect 9.2 IMAP4rev1 server ready", .kerio),
    ("", "Zimbra IMAP4rev1 server ready", .zimbra), ("127.0.0.1", "DavMail ready", .davMail),
  ])
  func isKnownByGreetingOrHost(host: String, greeting: String, family: ServerFamily) {
    let found = ServerFamily.detect(host: host, greeting: greeting, id: [:], capabilities: .none)
    #expect(found == family)
  }

  @Test func isKnownByIDAndCapability() {
    let id = ["NAME": "Proton Mail Bridge"]
    #expect(
      ServerFamily.detect(host: "127.0.0.1", greeting: "", id: id, capabilities: .none)
        == .protonBridge)
    #expect(
      ServerFamily.detect(
        host: "mx.example.org", greeting: "", id: [:],
        capabilities: CapabilitySet(["X-GM-EXT-1"])) == .gmail)
  }
}
