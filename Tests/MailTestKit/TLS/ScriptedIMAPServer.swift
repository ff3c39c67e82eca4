// mailmove: an IMAP server that answers what a test says.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Speaks IMAP over real TLS, answers from a closure, and remembers everything it was asked.
///
/// It does as a plain server would wherever the closure answers nil.
package final class ScriptedIMAPServer: Sendable {
  /// One command as it arrived.
  package struct Request: Sendable {
    package let tag: String
    /// In upper case: `LOGIN`, `UID FETCH`.
    package let name: String
    /// Without the tag; of a literal only its header.
    package let text: String
    package let literals: [[UInt8]]
  }

  /// How the connection gets to TLS.
  package enum Opening: Sendable {
    case tls
    /// `TAG` in the answer stands for the tag of STARTTLS. TLS begins after `beginTLS` only; after
    /// any other answer the server listens until the client leaves.
    case clear(greeting: String, answer: String)

    package static let beginTLS = "TAG OK begin\r\n"
    package static let startTLS = Opening.clear(greeting: "* OK hello", answer: beginTLS)
  }

  /// Lines without CRLF; OK, NO and BAD get the tag. nil: what a plain server says.
  package typealias Answer = @Sendable (Request, Conversation) throws -> [String]?

  private let record: Record
  private let server: TLSTestServer

  /// - Parameters:
  ///   - refusesLiteral: answers a command instead of asking for its synchronizing literal, from
  ///     the command so far and the literal's octets.
  package init(
    _ identity: Identity, capabilities: String = "IMAP4rev1", opening: Opening = .tls,
    greeting: String = "* OK hello",
    answer: @escaping Answer = { _, _ in nil },
    refusesLiteral: @escaping @Sendable (String, Int) -> String? = { _, _ in nil }
  ) throws {
    let record = Record()
    let plan = Plan(
      capabilities: capabilities, opening: opening, greeting: greeting,
      refusesLiteral: refusesLiteral, answer: answer)
    self.record = record
    server = try TLSTestServer(
      TLSServerSettings(identity: identity), opening: opening.isClear ? .clear : .tls
    ) { connection in
      try Conversation(connection, plan, record).run()
    }
  }

  package var port: UInt16 { server.port }
  package var connectionCount: Int { server.connectionCount }
  /// Every command inside TLS, in the order of arrival.
  package var requests: [Request] { record.requests.withLock { $0 } }
  /// The lines that answered the server's `+` outside of literals.
  package var replies: [String] { record.replies.withLock { $0 } }
  /// Complete after `stop`.
  package var clearTextReceived: String {
    String(decoding: server.clearTextReceived, as: UTF8.self)
  }

  /// The texts of the commands with this name.
  package func texts(of name: String) -> [String] {
    requests.filter { $0.name == name }.map(\.text)
  }

  /// Lets `Conversation.fallSilent` return.
  package func release() { server.release() }

  /// Ends all connections.
  package func stop() { server.stop() }
}

extension ScriptedIMAPServer.Opening {
  fileprivate var isClear: Bool {
    switch self {
    case .tls: false
    case .clear: true
    }
  }
}

extension ScriptedIMAPServer {
  fileprivate struct Plan: Sendable {
    let capabilities: String
    let opening: Opening
    let greeting: String
    let refusesLiteral: @Sendable (String, Int) -> String?
    let answer: Answer
  }

  fileprivate final class Record: Sendable {
    let requests = Mutex<[Request]>([])
    let replies = Mutex<[String]>([])
  }

  /// One connection, as a script sees it.
  package final class Conversation: HostileTalk {
    /// 1 for the first one.
    package var number: Int { connection.number }
    private let connection: TLSTestConnection
    private let plan: Plan
    private let record: Record
    private var isOver = false

    fileprivate init(_ connection: TLSTestConnection, _ plan: Plan, _ record: Record) {
      self.connection = connection
      self.plan = plan
      self.record = record
    }

    /// Says `+` with a text and returns the line that answers it.
    package func ask(_ text: String) throws -> String {
      try connection.write("+ \(text)\r\n")
      let reply = try connection.readLine() ?? ""
      record.replies.withLock { $0.append(reply) }
      return reply
    }

    /// Writes bytes as they are.
    package func say(_ text: String) throws { try connection.write(text) }

    package func say(octets: [UInt8]) throws { try connection.write(octets) }

    package func drip(_ octets: [UInt8]) throws { try connection.drip(octets) }

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
      while !isOver, let request = try read() {
        let lines = try plan.answer(request, self) ?? plainAnswer(to: request)
        guard !isOver else { return }
        for line in lines { try connection.write(Self.tagged(line, request.tag) + "\r\n") }
        if request.name == "LOGOUT" { return }
      }
    }

    private func secure() throws -> Bool {
      guard case .clear(let greeting, let answer) = plan.opening else {
        try connection.write(plan.greeting + "\r\n")
        return true
      }
      try connection.write(greeting + "\r\n")
      guard let line = try connection.readLine() else { return false }
      let tag = String(line.prefix { $0 != " " })
      try connection.write(answer.replacing("TAG", with: tag))
      if answer == Opening.beginTLS {
        try connection.startTLS()
        return true
      }
      while try connection.readLine() != nil {}
      return false
    }

    /// A whole command; nil when the client has left. Refused commands are on record too.
    private func read() throws -> Request? {
      while let first = try connection.readLine() {
        let tag = String(first.prefix { $0 != " " })
        var text = String(first.dropFirst(tag.count + 1))
        var literals: [[UInt8]] = []
        var refusal: String?
        var part = text
        while let (octets, waits) = Self.literal(endOf: part) {
          if waits {
            refusal = plan.refusesLiteral(text, octets)
            if refusal != nil { break }
            try connection.write("+ go on\r\n")
          }
          literals.append(try connection.readBytes(octets))
          part = try connection.readLine() ?? ""
          text += part
        }
        let request = Request(
          tag: tag, name: Self.name(of: text), text: text, literals: literals)
        record.requests.withLock { $0.append(request) }
        guard let refusal else { return request }
        try connection.write("\(tag) \(refusal)\r\n")
      }
      return nil
    }

    private func plainAnswer(to request: Request) -> [String] {
      switch request.name {
      case "CAPABILITY": ["* CAPABILITY \(plan.capabilities)", "OK done"]
      case "LOGOUT": ["* BYE goodbye", "OK done"]
      default: ["OK done"]
      }
    }

    private static func tagged(_ line: String, _ tag: String) -> String {
      let isFinal = ["OK", "NO", "BAD"].contains { line == $0 || line.hasPrefix($0 + " ") }
      return isFinal ? "\(tag) \(line)" : line
    }

    private static func name(of text: String) -> String {
      let words = text.split(separator: " ").prefix(2).map { $0.uppercased() }
      return words.first == "UID" ? words.joined(separator: " ") : words.first ?? ""
    }

    private static func literal(endOf line: String) -> (octets: Int, waits: Bool)? {
      guard line.last == "}", let start = line.lastIndex(of: "{") else { return nil }
      let inside = line[line.index(after: start)...].dropLast()
      let waits = inside.last != "+"
      return Int(waits ? inside : inside.dropLast()).map { ($0, waits) }
    }
  }
}
