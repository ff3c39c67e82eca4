// mailmove: a POP3 server that behaves, until it does not.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A POP3 server over real TLS with a maildrop in memory, and with misdeeds put into it.
///
/// What DELE marks is gone after QUIT (RFC 1939, 6).
package final class MemoryPOP3Server: Sendable {
  private struct State {
    var misdeeds: MisdeedList<String>
    /// The messages that each session has marked, by number.
    var marked: [Int: Set<Int>] = [:]
  }

  private let desk: Desk
  private let server: ScriptedPOP3Server

  package init(
    _ identity: Identity, letters: [ScriptedPOP3Server.Letter],
    capabilities: [String]? = ["TOP", "UIDL"], misdeeds: [Misdeed<String>] = []
  ) throws {
    let desk = Desk(misdeeds)
    self.desk = desk
    server = try ScriptedPOP3Server(identity, letters: letters, capabilities: capabilities) {
      line, talk in try desk.answer(line, talk)
    }
  }

  package var port: UInt16 { server.port }
  package var lines: [String] { server.lines }
  package var letters: [ScriptedPOP3Server.Letter] {
    get { server.letters }
    set { server.letters = newValue }
  }

  /// From now on it behaves.
  package func reform() {
    server.release()
    desk.state.withLock { $0.misdeeds.misdeeds = [] }
  }

  package func stop() { server.stop() }

  /// Where commands are answered; it does not hold the server.
  private final class Desk: Sendable {
    let state: Mutex<State>

    init(_ misdeeds: [Misdeed<String>]) {
      state = Mutex(State(misdeeds: MisdeedList(misdeeds)))
    }

    func answer(_ line: String, _ talk: ScriptedPOP3Server.Conversation) throws -> String? {
      let words = line.split(separator: " ").map(String.init)
      guard let name = words.first else { return nil }
      guard let act = state.withLock({ $0.misdeeds.next(name) }) else {
        return perform(line, words, talk)
      }
      let octets = try act.carryOut(
        on: talk, doing: { perform(line, words, talk) }, octets: { Array($0.utf8) })
      if let octets { try talk.say(octets: octets) }
      return ""
    }

    private func perform(
      _ line: String, _ words: [String], _ talk: ScriptedPOP3Server.Conversation
    ) -> String {
      if words[0] == "DELE", words.count > 1, let number = Int(words[1]) {
        state.withLock { _ = $0.marked[talk.number, default: []].insert(number) }
      }
      if words[0] == "QUIT", let marked = state.withLock({ $0.marked[talk.number] }) {
        talk.remove(marked)
      }
      return talk.plainAnswer(to: line)
    }
  }
}
