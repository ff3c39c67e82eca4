// mailmove: scripted POP3 servers, and accounts at them.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine

extension ScriptedPOP3Server {
  convenience init(
    letters: [Letter] = [], capabilities: [String]? = ["TOP", "UIDL"], opening: Opening = .tls,
    greeting: String = "+OK hello\r\n", answer: @escaping Answer = { _, _ in nil }
  ) throws {
    try self.init(
      ScriptedTrust.identity.get(), letters: letters, capabilities: capabilities,
      opening: opening, greeting: greeting, answer: answer)
  }

  /// The account of a user at this server.
  func account(
    _ scheme: String = "pop3s", masterUser: String? = nil,
    credentials: CredentialProvider? = CredentialQueue.password("geheim").provider(.password),
    capabilityPatience: Duration = .seconds(20), progress: Duration = .seconds(20),
    trace: @escaping @Sendable (String) -> WireTrace = { _ in .off }
  ) throws -> POP3Account {
    var deadlines = Deadlines()
    deadlines.command = .seconds(20)
    deadlines.firstByte = .seconds(20)
    deadlines.progress = progress
    deadlines.capabilities = capabilityPatience
    return POP3Account(
      url: try EndpointURL("\(scheme)://anna@localhost:\(port)"), side: .source,
      masterUser: masterUser, credentials: credentials, tls: try ScriptedTrust.context.get(),
      deadlines: deadlines, trace: trace)
  }

  /// A session with this server.
  func source(_ keys: any KeyBook = PassingKeyBook()) async throws -> POP3Source {
    try await POP3Source.connect(account(), keys: keys)
  }

  /// A letter with a header of its own.
  static func letter(_ number: Int, id: String?, size: Int? = nil, body: String = "hello")
    -> Letter
  {
    Letter(
      "Message-ID: <\(number)@example.org>\r\nSubject: \(number)\r\n\r\n\(body)\r\n", id: id,
      size: size)
  }
}

extension MailSource {
  /// All messages of INBOX, as text by UID.
  func texts() async throws -> [UID: String] {
    let snapshot = try await snapshot(of: .inbox, since: nil)
    let stream = try await fetch(
      Batch(uidValidity: snapshot.uidValidity, entries: snapshot.entries), from: .inbox)
    var found: [UID: String] = [:]
    while let next = try await stream.next() {
      if case .message(let message) = next {
        found[message.key.uid] = String(decoding: message.bytes, as: UTF8.self)
      }
    }
    return found
  }
}
