// mailmove: tests of addresses.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import Testing

@Suite struct EndpointURLTests {
  @Test(
    arguments: [
      ("imaps://alice@old.example.org", "imaps", "alice", "old.example.org", 993),
      ("IMAPS://alice@OLD.example.org/", "imaps", "alice", "old.example.org", 993),
      ("imap://alice@host:1143", "imap", "alice", "host", 1143),
      ("pop3s://a@h", "pop3s", "a", "h", 995),
      ("pop3://a@h", "pop3", "a", "h", 110),
      (
        "imaps://alice@example.org@mail.example.org", "imaps", "alice@example.org",
        "mail.example.org", 993
      ),
      ("imaps://a%3Ab%25c@h", "imaps", "a:b%c", "h", 993),
      ("imaps://j%C3%B6rg@h", "imaps", "jörg", "h", 993),
      ("imaps://jörg@Bücher.example", "imaps", "jörg", "bücher.example", 993),
      ("imaps://a@[::1]:1993", "imaps", "a", "::1", 1993),
      ("imaps://a@[FE80::1]", "imaps", "a", "fe80::1", 993),
      ("imaps://a@127.0.0.1:65535", "imaps", "a", "127.0.0.1", 65535),
    ])
  func readsWhatUsersType(
    text: String, scheme: String, user: String, host: String, port: Int
  ) throws {
    let url = try EndpointURL(text)
    #expect(url.scheme.rawValue == scheme)
    #expect(url.user == user)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(try EndpointURL(url.description) == url)
  }

  @Test func aHostAloneHasNoUser() throws {
    #expect(try EndpointURL("imaps://old.example.org:993").user == nil)
  }

  @Test(arguments: ["archive:/srv/mail", "archive:///srv/mail", "archive:////srv//mail/"])
  func anArchiveIsAPath(text: String) throws {
    let url = try EndpointURL(text)
    #expect(url.scheme == .archive)
    #expect(url.path == "/srv/mail")
    #expect(url.description == "archive:/srv/mail")
    #expect(try EndpointURL(url.description) == url)
  }

  @Test(
    arguments: [
      ("alice@host", EndpointURLError.schemeMissing),
      ("", .schemeMissing),
      ("alice:secret@host", .schemeMissing),
      ("http://a@h", .schemeUnknown("http", suggestion: .imaps)),
      ("imap+starttls://a@h", .schemeUnknown("imap+starttls", suggestion: .imap)),
      ("pop://a@h", .schemeUnknown("pop", suggestion: .pop3)),
      ("imap+insecure://a@h", .plainText("imap+insecure")),
      ("imaps:a@h", .slashesMissing(.imaps)),
      ("imaps://alice:secret@host", .passwordInURL),
      ("imaps://alice:se@cret@host", .passwordInURL),
      ("imaps://alice:se/cret@host", .passwordInURL),
      ("imaps://@host", .userEmpty),
      ("imaps://a%zz@host", .userEncoding),
      ("imaps://a%0A@host", .userEncoding),
      ("imaps://a%FF@host", .userEncoding),
      ("imaps://", .hostMissing),
      ("imaps://alice@", .hostMissing),
      ("imaps://alice@:993", .hostMissing),
      ("imaps://alice@ho st", .hostInvalid),
      ("imaps://alice@host?x", .hostInvalid),
      ("imaps://alice@host\u{202E}", .hostInvalid),
      ("imaps://a@[::1", .addressNotClosed),
      ("imaps://a@[host]", .addressInvalid),
      ("imaps://a@::1", .addressNeedsBrackets),
      ("imaps://a@h:", .portInvalid),
      ("imaps://a@h:0", .portInvalid),
      ("imaps://a@h:65536", .portInvalid),
      ("imaps://a@h:99999999999999999999", .portInvalid),
      ("imaps://a@h:+9", .portInvalid),
      ("imaps://a@[::1]x", .portInvalid),
      ("imaps://a@h/INBOX", .pathNotAllowed),
      ("archive:mail", .pathNotAbsolute),
      ("archive:", .pathNotAbsolute),
    ])
  func refusesWithAReason(text: String, reason: EndpointURLError) {
    #expect(throws: reason) { try EndpointURL(text) }
    #expect(!reason.description.contains("secret"))
  }

  @Test func theDoorDoesNotChangeTheAccount() throws {
    let identity = try EndpointURL("imaps://alice@old.example.org").identity
    for same in [
      "imap://alice@OLD.example.org", "imaps://alice@old.example.org.:993",
      "imap://alice@old.example.org:143",
    ] {
      #expect(try EndpointURL(same).identity == identity)
    }
    for other in [
      "imaps://bob@old.example.org", "imaps://Alice@old.example.org",
      "imaps://alice@old.example.org:1993", "pop3s://alice@old.example.org",
    ] {
      #expect(try EndpointURL(other).identity != identity)
    }
  }

  @Test func anAccountInAnArchiveIsNamedByItsLabelWhereOneIsGiven() throws {
    let archive = try EndpointURL("archive:/srv/mail")
    #expect(archive.identity(account: nil) == "archive:/srv/mail")
    #expect(archive.identity(account: "a@b.org") == "a@b.org in archive:/srv/mail")
    let server = try EndpointURL("imaps://alice@old.example.org")
    #expect(server.identity(account: "a@b.org") == server.identity)
    // A label that imitates a path, and a path that imitates a label.
    let names = try [
      EndpointURL("archive:/x").identity(account: "a in archive:/x"),
      EndpointURL("archive:/x in archive:/x").identity(account: "a"),
      EndpointURL("archive:/x in archive:/x").identity(account: nil),
      EndpointURL("archive:/x").identity(account: "archive:/x"),
    ]
    #expect(Set(names).count == names.count, "\(names)")
  }
}
