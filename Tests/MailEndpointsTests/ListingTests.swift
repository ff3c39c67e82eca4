// mailmove: all mailboxes, whatever the server can do.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailWire
import SyncEngine
import Testing

@Suite struct ListingTests {
  private static func listing(of server: ScriptedIMAPServer) async throws -> MailboxListing {
    let source = try await IMAPSource.connect(server.account(side: .source))
    let listing = try await source.mailboxes()
    await source.close()
    server.stop()
    return listing
  }

  @Test(.timeLimit(.minutes(1)))
  func anExtendedListThatIsRefusedIsAskedForPlainly() async throws {
    let server = try ScriptedIMAPServer(capabilities: "IMAP4rev1 LIST-EXTENDED") { request, _ in
      switch request.name {
      case "LIST" where request.text.contains("RETURN"): ["BAD what?"]
      case "LIST":
        [#"* LIST (\Noselect) "/" Top"#, #"* LIST () "/" Top/Work"#, #"* LIST () "/" INBOX"#, "OK"]
      case "LSUB": [#"* LSUB () "/" INBOX"#, "OK done"]
      case "STATUS" where request.text.contains("INBOX"):
        ["* STATUS INBOX (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 7)", "OK done"]
      case "STATUS": ["NO not that one"]
      default: nil
      }
    }
    let listing = try await Self.listing(of: server)
    #expect(listing.mailboxes.map(\.name.description) == ["Top", "Top/Work", "INBOX"])
    #expect(listing.mailboxes.map(\.isSubscribed) == [false, false, true])
    #expect(listing.mailboxes.map(\.isSelectable) == [false, true, true])
    #expect(
      listing.mailboxes.map(\.status) == [
        nil, nil,
        MailboxStatus(messages: 3, uidNext: UID(9), uidValidity: ScriptedMailbox.validity),
      ])
    #expect(
      server.texts(of: "LIST") == [
        #"LIST "" "*" RETURN (SUBSCRIBED)"#, #"LIST "" "*""#,
      ])
  }

  @Test(.timeLimit(.minutes(1)))
  func oneCommandIsEnoughWhereTheServerCanDoIt() async throws {
    let server = try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE"
    ) { request, _ in
      request.name == "LIST"
        ? [
          #"* LIST (\Subscribed) "/" INBOX"#, "* STATUS INBOX (MESSAGES 3 UIDVALIDITY 7)",
          #"* LIST (\Sent) "/" Sent"#, "OK done",
        ] : nil
    }
    let listing = try await Self.listing(of: server)
    #expect(listing.mailboxes.map(\.isSubscribed) == [true, false])
    #expect(listing.mailboxes.first?.status?.messages == 3)
    #expect(listing.mailboxes.last?.has("\\Sent") == true)
    #expect(
      server.texts(of: "LIST") == [
        #"LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY))"#
      ])
    #expect(server.texts(of: "LSUB").isEmpty && server.texts(of: "STATUS").isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func aMailboxListedTwiceIsOne() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      request.name == "LIST"
        ? [#"* LIST () "/" Sent"#, #"* LIST (\Sent) "/" Sent"#, "OK done"] : nil
    }
    let listing = try await Self.listing(of: server)
    #expect(listing.mailboxes.map(\.attributes) == [["\\Sent"]])
  }

  @Test(.timeLimit(.minutes(1)))
  func theDelimiterOfNewNamesIsAskedForWhereNoRowHasOne() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      switch request.text {
      case #"LIST "" "*""#: [#"* LIST (\NoInferiors) NIL INBOX"#, "OK done"]
      case #"LIST "" """#: [#"* LIST (\Noselect) "/" """#, "OK done"]
      default: nil
      }
    }
    let listing = try await Self.listing(of: server)
    #expect(listing.rootDelimiter == UInt8(ascii: "/"))
    #expect(listing.mailboxes.map(\.name) == [.inbox])
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("IMAP4rev1", 0), ("IMAP4rev1 UNSELECT", 1), ("IMAP4rev1 IMAP4rev2", 1),
    ])
  func anOpenMailboxIsLeftBeforeItsStatusIsAskedFor(
    capabilities: String, times: Int
  ) async throws {
    let server = try ScriptedIMAPServer(capabilities: capabilities) { request, _ in
      switch request.name {
      case "EXAMINE": ScriptedMailbox.opened()
      case "STATUS": ["* STATUS INBOX (MESSAGES 3)", "OK done"]
      default: nil
      }
    }
    let source = try await IMAPSource.connect(server.account(side: .source))
    _ = try await source.snapshot(of: .inbox, since: nil)
    let statuses = [
      try await source.status(of: .inbox), try await source.status(of: .inbox),
    ]
    await source.close()
    server.stop()
    #expect(statuses.map(\.messages) == [3, 3])
    let names = server.requests.map(\.name)
    #expect(names.count { $0 == "UNSELECT" } == times)
    #expect(!names.contains("CLOSE"))
    if times == 1 {
      #expect(names.firstIndex(of: "UNSELECT") == names.firstIndex(of: "STATUS").map { $0 - 1 })
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func withoutLSUBNothingIsSaidAboutSubscriptions() async throws {
    let server = try ScriptedIMAPServer { request, _ in
      switch request.name {
      case "LIST": [#"* LIST () "/" INBOX"#, "OK done"]
      case "LSUB": ["BAD unknown command"]
      default: nil
      }
    }
    let listing = try await Self.listing(of: server)
    #expect(listing.mailboxes.map(\.isSubscribed) == [nil])
  }
}
