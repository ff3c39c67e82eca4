// mailmove: an IMAP server that behaves, until it does not.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A small IMAP server over real TLS with an account in memory, and with misdeeds put into it.
///
/// It knows what a mail program needs to copy mail: no CONDSTORE, no extended LIST. It lets
/// everybody in.
package final class MemoryIMAPServer: Sendable {
  /// What the server does as a matter of policy, in keeping with the protocol.
  package struct Manner: Sendable {
    package var capabilities = "IMAP4rev1 UIDPLUS LITERAL+ MULTIAPPEND UNSELECT"
    package var permanentFlags = #"\Answered \Flagged \Deleted \Seen \Draft \*"#
    /// UIDVALIDITY 0 in every answer.
    package var hidesUIDValidity = false
    /// Why a message is refused, as `NO …`; nil: it is taken.
    package var refuses: @Sendable (SampleMessage) -> String? = { _ in nil }
    /// Said in place of `+` to a synchronizing literal of so many octets, as `NO …`; nil: it is
    /// asked for.
    package var refusesLiteral: @Sendable (Int) -> String? = { _ in nil }
    /// What is kept of a message that is taken.
    package var keeps: @Sendable (SampleMessage) -> SampleMessage = { $0 }

    package init() {}

    var tellsUIDs: Bool { capabilities.contains("UIDPLUS") }
  }

  fileprivate struct State {
    var misdeeds: MisdeedList<IMAPAnswer>
    var manner: Manner
    /// The mailbox each connection has open.
    var selected: [Int: String] = [:]
  }

  package let account: MemoryAccount
  private let desk: Desk
  private let server: ScriptedIMAPServer

  package init(
    _ identity: Identity, _ account: MemoryAccount, manner: Manner = Manner(),
    misdeeds: [Misdeed<IMAPAnswer>] = []
  ) throws {
    self.account = account
    let desk = Desk(account, State(misdeeds: MisdeedList(misdeeds), manner: manner))
    self.desk = desk
    server = try ScriptedIMAPServer(
      identity, capabilities: manner.capabilities,
      answer: { request, talk in try desk.answer(request, talk) },
      refusesLiteral: { _, octets in desk.state.withLock { $0.manner }.refusesLiteral(octets) })
  }

  package var port: UInt16 { server.port }
  package var connectionCount: Int { server.connectionCount }
  package var requests: [ScriptedIMAPServer.Request] { server.requests }

  /// From now on it behaves; its capabilities stay.
  package func reform() {
    server.release()
    desk.state.withLock { state in
      state.misdeeds.misdeeds = []
      state.manner.refuses = { _ in nil }
      state.manner.refusesLiteral = { _ in nil }
      state.manner.keeps = { $0 }
      state.manner.hidesUIDValidity = false
      state.manner.permanentFlags = Manner().permanentFlags
    }
  }

  package func stop() { server.stop() }

  /// Where commands are answered; it does not hold the server.
  fileprivate final class Desk: Sendable {
    let account: MemoryAccount
    let state: Mutex<State>

    init(_ account: MemoryAccount, _ state: sending State) {
      self.account = account
      self.state = Mutex(state)
    }

    func answer(
      _ request: ScriptedIMAPServer.Request, _ talk: ScriptedIMAPServer.Conversation
    ) throws -> [String]? {
      let act = state.withLock { $0.misdeeds.next(Self.name(of: request)) }
      let number = talk.number
      let octets: [UInt8]?
      if let act {
        octets = try act.carryOut(
          on: talk, doing: { perform(request, number) ?? Self.plain(request) },
          octets: { $0.octets(tag: request.tag) })
      } else {
        guard let answer = perform(request, number) else { return nil }
        octets = answer.octets(tag: request.tag)
      }
      if let octets { try talk.say(octets: octets) }
      return []
    }

    /// A FETCH of bodies or headers has a name of its own: `UID FETCH BODY`, `UID FETCH HEADER`.
    private static func name(of request: ScriptedIMAPServer.Request) -> String {
      guard request.name == "UID FETCH", request.text.contains("BODY.PEEK[") else {
        return request.name
      }
      return request.text.contains("BODY.PEEK[]") ? "UID FETCH BODY" : "UID FETCH HEADER"
    }

    private static func plain(_ request: ScriptedIMAPServer.Request) -> IMAPAnswer {
      request.name == "LOGOUT" ? IMAPAnswer(["* BYE goodbye"]) : IMAPAnswer()
    }

    /// nil: as every plain server.
    private func perform(
      _ request: ScriptedIMAPServer.Request, _ number: Int
    ) -> IMAPAnswer? {
      let (selected, manner) = state.withLock { ($0.selected[number], $0.manner) }
      let clerk = MailboxClerk(account: account, manner: manner, selected: selected)
      let answer = clerk.answer(request)
      if let opened = clerk.opened(by: request) {
        state.withLock { $0.selected[number] = opened.isEmpty ? nil : opened }
      }
      return answer
    }
  }
}
