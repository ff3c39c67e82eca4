// mailmove: a POP3 server that answers what a test says.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Speaks POP3 over real TLS with a maildrop in memory, and remembers every command inside TLS.
///
/// It does as a plain server would wherever the closure answers nil.
package final class ScriptedPOP3Server: Sendable {
  /// One message of the maildrop.
  package struct Letter: Sendable {
    package var text: String
    /// nil: UIDL leaves it out.
    package var uniqueID: String?
    /// nil: the true one.
    package var size: Int?

    package init(_ text: String, id: String?, size: Int? = nil) {
      self.text = text
      uniqueID = id
      self.size = size
    }
  }

  /// How the connection gets to TLS.
  package enum Opening: Sendable {
    case tls
    /// TLS begins after `beginTLS` only; after any other answer the server listens until the client
    /// leaves.
    case clear(greeting: String, answer: String)

    package static let beginTLS = "+OK begin\r\n"
    package static let startTLS = Opening.clear(greeting: "+OK hello\r\n", answer: beginTLS)
  }

  /// What to write, from the whole command line; nil: what a plain server says.
  package typealias Answer = @Sendable (String, Conversation) throws -> String?

  private let record: Record
  private let server: TLSTestServer

  package init(
    _ identity: Identity, letters: [Letter] = [], capabilities: [String]? = ["TOP", "UIDL"],
    opening: Opening = .tls, greeting: String = "+OK hello\r\n",
    answer: @escaping Answer = { _, _ in nil }
  ) throws {
    let record = Record(letters)
    let plan = Plan(
      capabilities: capabilities, opening: opening, greeting: greeting, answer: answer)
    self.record = record
    server = try TLSTestServer(
      TLSServerSettings(identity: identity), opening: opening.isClear ? .clear : .tls
    ) { connection in
      try Conversation(connection, plan, record).run()
    }
  }

  package var port: UInt16 { server.port }
  package var connectionCount: Int { server.connectionCount }
  /// Every line inside TLS, in the order of arrival.
  package var lines: [String] { record.lines.withLock { $0 } }
  /// What a new session finds; a session that is going on keeps what it found.
  package var letters: [Letter] {
    get { record.letters.withLock { $0 } }
    set { record.letters.withLock { $0 = newValue } }
  }
  /// Complete after `stop`.
  package var clearTextReceived: String {
    String(decoding: server.clearTextReceived, as: UTF8.self)
  }

  /// The lines that begin with this word.
  package func lines(of name: String) -> [String] { lines.filter { $0.hasPrefix(name) } }

  /// Lets `Conversation.fallSilent` return.
  package func release() { server.release() }

  /// Ends all connections.
  package func stop() { server.stop() }
}

extension ScriptedPOP3Server.Opening {
  fileprivate var isClear: Bool {
    switch self {
    case .tls: false
    case .clear: true
    }
  }
}

extension ScriptedPOP3Server {
  fileprivate struct Plan: Sendable {
    let capabilities: [String]?
    let opening: Opening
    let greeting: String
    let answer: Answer
  }

  fileprivate final class Record: Sendable {
    let lines = Mutex<[String]>([])
    let letters: Mutex<[Letter]>

    init(_ letters: [Letter]) { self.letters = Mutex(letters) }
  }

  /// One session, as a script sees it.
  package final class Conversation: HostileTalk {
    /// 1 for the first one.
    package var number: Int { connection.number }
    package let letters: [Letter]
    private let connection: TLSTestConnection
    private let plan: Plan
    private let record: Record
    private var isOver = false

    fileprivate init(_ connection: TLSTestConnection, _ plan: Plan, _ record: Record) {
      self.connection = connection
      self.plan = plan
      self.record = record
      letters = record.letters.withLock { $0 }
    }

    /// Writes a line and returns the one that answers it.
    package func ask(_ text: String) throws -> String {
      try connection.write(text + "\r\n")
      let line = try connection.readLine() ?? ""
      note(line)
      return line
    }

    /// Writes bytes as they are.
    package func say(_ text: String) throws { try connection.write(text) }

    package func say(octets: [UInt8]) throws { try connection.write(octets) }

    package func drip(_ octets: [UInt8]) throws { try connection.drip(octets) }

    private func note(_ line: String) { record.lines.withLock { $0.append(line) } }

    package func pause(milliseconds: Int) -> Bool {
      connection.pause(milliseconds: milliseconds)
    }

    /// Says nothing more until the test releases the server.
    package func fallSilent() {
      connection.waitForRelease()
      hangUp()
    }

    /// Cuts the connection after what was said, as a network would.
    package func hangUp() {
      isOver = true
      connection.close(notify: false)
    }

    fileprivate func run() throws {
      guard try secure() else { return }
      while !isOver, let line = try connection.readLine() {
        note(line)
        let text = try plan.answer(line, self) ?? plainAnswer(to: line)
        guard !isOver else { return }
        try connection.write(text)
        if line == "QUIT" { return }
      }
    }

    private func secure() throws -> Bool {
      guard case .clear(let greeting, let answer) = plan.opening else {
        try connection.write(plan.greeting)
        return true
      }
      try connection.write(greeting)
      guard try connection.readLine() != nil else { return false }
      try connection.write(answer)
      if answer == Opening.beginTLS {
        try connection.startTLS()
        return true
      }
      while try connection.readLine() != nil {}
      return false
    }

    /// Removes messages of this session, by their numbers, from what later sessions find.
    package func remove(_ numbers: Set<Int>) {
      let kept = letters.enumerated().filter { !numbers.contains($0.offset + 1) }.map(\.element)
      record.letters.withLock { $0 = kept }
    }

    /// What a plain server says.
    package func plainAnswer(to line: String) -> String {
      let words = line.split(separator: " ").map(String.init)
      let letter = words.dropFirst().first.flatMap { Int($0) }.flatMap { number in
        letters.indices.contains(number - 1) ? letters[number - 1] : nil
      }
      switch words.first {
      case "CAPA":
        guard let capabilities = plan.capabilities else { return "-ERR what?\r\n" }
        return Self.block(capabilities.map { $0 + "\r\n" }.joined())
      case "STAT": return "+OK \(letters.count) \(letters.reduce(0) { $0 + $1.shownSize })\r\n"
      case "LIST":
        if words.count > 1 {
          return letter.map { "+OK \(words[1]) \($0.shownSize)\r\n" } ?? "-ERR no such message\r\n"
        }
        return Self.block(
          letters.enumerated().map { "\($0 + 1) \($1.shownSize)\r\n" }.joined())
      case "UIDL":
        return Self.block(
          letters.enumerated().compactMap { index, letter in
            letter.uniqueID.map { "\(index + 1) \($0)\r\n" }
          }.joined())
      case "TOP":
        guard let letter else { return "-ERR no such message\r\n" }
        let header = letter.text.firstRange(of: "\r\n\r\n").map { letter.text[..<$0.upperBound] }
        return Self.block(String(header ?? letter.text[...]))
      case "RETR": return letter.map { Self.block($0.text) } ?? "-ERR no such message\r\n"
      default: return "+OK\r\n"
      }
    }

    /// `+OK`, the text with its dots stuffed, and the single dot.
    package static func block(_ text: String) -> String {
      let stuffed = (text.hasPrefix(".") ? "." : "") + text.replacing("\r\n.", with: "\r\n..")
      return "+OK\r\n\(stuffed)\(text.hasSuffix("\r\n") || text.isEmpty ? "" : "\r\n").\r\n"
    }
  }
}

extension ScriptedPOP3Server.Letter {
  fileprivate var shownSize: Int { size ?? text.utf8.count }
}
