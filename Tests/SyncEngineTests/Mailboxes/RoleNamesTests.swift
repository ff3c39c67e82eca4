// mailmove: tests of the names of roles.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SyncEngine

@Suite struct RoleNamesTests {
  @Test func everyNameResolvesToItsRole() {
    for (role, rows) in RoleNames.tables {
      for row in rows {
        for name in row.trusted + row.plausible {
          #expect(RoleNames.match(MatchingForm(name))?.role == role, "\(row.language) \(name)")
        }
      }
    }
  }

  @Test func noNameHasTwoRoles() {
    var roles: [MatchingForm: MailboxRole] = [:]
    for (role, rows) in RoleNames.tables {
      for name in rows.flatMap({ $0.trusted + $0.plausible }) {
        let form = MatchingForm(name)
        #expect(roles[form] == nil || roles[form] == role, "\(name)")
        roles[form] = role
      }
    }
  }

  @Test func aTrustedNameIsTrustedInEveryLanguage() {
    for (_, rows) in RoleNames.tables {
      for name in rows.flatMap(\.trusted) {
        #expect(RoleNames.match(MatchingForm(name))?.tier == .trusted, "\(name)")
      }
    }
  }

  @Test(arguments: [MailboxRole.sent, .drafts, .trash, .junk, .archive])
  func everyMainRoleIsKnownInSixtyLanguages(role: MailboxRole) {
    let rows = RoleNames.tables.first { $0.role == role }?.rows ?? []
    #expect(Set(rows.map(\.language)).count >= 60)
    #expect(rows.map(\.language) == rows.map(\.language).sorted())
  }

  @Test func namesAreComposed() {
    for (_, rows) in RoleNames.tables + RoleNames.gmailTables {
      for name in rows.flatMap({ $0.trusted + $0.plausible }) {
        #expect(name.nfc.unicodeScalars.elementsEqual(name.unicodeScalars), "\(name)")
      }
    }
  }

  @Test func allTwentyEightAmbiguousNamesDecideNothing() {
    #expect(AmbiguousNames.readings.count == 28)
    for form in AmbiguousNames.readings.keys { #expect(RoleNames.match(form) == nil) }
  }

  @Test func allMailMeansSomethingBelowGmailOnly() {
    #expect(RoleNames.match(MatchingForm("Alle Nachrichten")) == nil)
    #expect(RoleNames.matchBelowGmail(MatchingForm("Alle Nachrichten"))?.role == .all)
    #expect(RoleNames.matchBelowGmail(MatchingForm("Papierkorb"))?.role == .trash)
  }

  @Test(arguments: [
    ("imap.laposte.net", ["INBOX", "OUTBOX"], MailboxRole.sent),
    ("imap.web.de", ["Spamverdacht"], .junk), ("imap.aol.com", ["Saved"], .archive),
    ("imap.mail.yahoo.com", ["Bulk"], .junk), ("imap.rambler.ru", ["SentBox"], .sent),
    ("imap.gmail.com", ["[Gmail]", "Lixo"], .trash), ("imap.163.com", ["已发送"], .sent),
  ])
  func providersHaveNamesOfTheirOwn(host: String, path: [String], role: MailboxRole) {
    #expect(HostNames.verdict(host: host, path: path) == .role(role))
    #expect(HostNames.verdict(host: "example.org", path: path) == nil)
  }

  @Test func unknownSendersAtWebDeAreRealMail() {
    #expect(HostNames.verdict(host: "imap.web.de", path: ["Unbekannt"]) == .plain)
  }

  @Test func everyAttributeMeansItsRoleInAnyCase() {
    for role in MailboxRole.allCases {
      for attribute in role.attributes {
        #expect(MailboxRole(attribute: attribute.uppercased()) == role)
      }
    }
    #expect(MailboxRole(attribute: "\\HasChildren") == nil)
  }
}
