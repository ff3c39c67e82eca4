// mailmove: a server that only wants to hear secrets.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Plays a mail server that nobody may trust, lets everybody in, and remembers every byte that it
/// is told, in clear text and inside TLS.
package final class ListeningServer: Sendable {
  package enum Speech: Sendable { case imap, pop3 }

  /// How a connection begins.
  package enum Opening: Sendable {
    /// With the TLS handshake.
    case tls
    /// With these words in clear text; TLS begins never, and it listens until the client leaves.
    case clear(String)
    /// With a greeting in clear text and an answer to the first command, in which `TAG` stands for
    /// its tag; `then` follows.
    case upgrade(greeting: String, answer: String, then: Then)
    /// With nothing at all.
    case silence
  }

  /// What follows the answer to STARTTLS or STLS.
  package enum Then: Sendable {
    case handshake, listening
    /// Words in clear text where the client waits for the handshake.
    case words(String)
  }

  private let server: TLSTestServer
  private let ear: Ear

  /// - Parameter capabilities: what is said inside TLS; for POP3 lines of CAPA.
  package init(
    _ settings: TLSServerSettings, _ speech: Speech, opening: Opening, capabilities: String
  ) throws {
    let ear = Ear()
    self.ear = ear
    server = try TLSTestServer(settings, opening: opening.isTLS ? .tls : .clear) { connection in
      try Self.open(connection, opening)
      if connection.isSecure {
        try Self.converse(connection, speech, capabilities, ear, greets: opening.isTLS)
      }
    }
  }

  package var port: UInt16 { server.port }
  package var connectionCount: Int { server.connectionCount }
  /// Complete after `stop`.
  package var clearText: [UInt8] { server.clearTextReceived }
  /// Complete after `stop`.
  package var insideTLS: [UInt8] { ear.bytes.withLock { $0 } }

  /// Ends all connections.
  package func stop() { server.stop() }

  private static func open(_ connection: TLSTestConnection, _ opening: Opening) throws {
    switch opening {
    case .tls: break
    case .silence:
      while try connection.readSome() != nil {}
    case .clear(let words):
      try connection.write(words)
      while try connection.readSome() != nil {}
    case .upgrade(let greeting, let answer, let then):
      try connection.write(greeting)
      guard let line = try connection.readLine() else { return }
      try connection.write(answer.replacing("TAG", with: String(line.prefix { $0 != " " })))
      switch then {
      case .handshake: try connection.startTLS()
      case .words(let words):
        _ = try connection.readSome()
        try connection.write(words)
        while try connection.readSome() != nil {}
      case .listening: while try connection.readSome() != nil {}
      }
    }
  }

  /// Answers so that a client would go on and log in.
  private static func converse(
    _ connection: TLSTestConnection, _ speech: Speech, _ capabilities: String, _ ear: Ear,
    greets: Bool
  ) throws {
    if greets { try connection.write(speech == .imap ? "* OK hello\r\n" : "+OK hello\r\n") }
    while let line = try connection.readLine() {
      ear.hear(line)
      switch speech {
      case .imap: try connection.write(imapAnswer(to: line, capabilities))
      case .pop3: try connection.write(pop3Answer(to: line, capabilities))
      }
    }
  }

  private static func imapAnswer(to line: String, _ capabilities: String) -> String {
    let words = line.split(separator: " ")
    guard words.count > 1 else { return "" }
    if line.hasSuffix("}") && !line.hasSuffix("+}") { return "+ go on\r\n" }
    switch words[1].uppercased() {
    case "CAPABILITY": return "* CAPABILITY \(capabilities)\r\n\(words[0]) OK done\r\n"
    case "LOGOUT": return "* BYE goodbye\r\n\(words[0]) OK done\r\n"
    default: return "\(words[0]) OK done\r\n"
    }
  }

  private static func pop3Answer(to line: String, _ capabilities: String) -> String {
    line.uppercased() == "CAPA" ? "+OK\r\n\(capabilities)\r\n.\r\n" : "+OK 0 0\r\n"
  }

  /// What was heard inside TLS.
  private final class Ear: Sendable {
    let bytes = Mutex<[UInt8]>([])

    func hear(_ line: String) {
      bytes.withLock { $0 += Array((line + "\r\n").utf8) }
    }
  }
}

extension ListeningServer.Opening {
  fileprivate var isTLS: Bool {
    switch self {
    case .tls: true
    case .clear, .upgrade, .silence: false
    }
  }
}
