// mailmove: a small IMAP client for tests.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A blocking IMAP client that shares no code with the product: tests look at servers with it.
///
/// Mailboxes are named by path: UTF-8, `/` between levels, without the server's prefix.
/// Every call throws `LabError` when the server does not say OK.
package final class LabClient {
  private let socket: LabSocket
  private var unread: [UInt8] = []
  private var tagNumber = 0
  /// What the server said it can do, after login.
  package private(set) var capabilities: Set<String> = []
  package private(set) var layout = LabMailboxLayout(prefix: "", delimiter: "/")

  /// Connects over implicit TLS and logs in.
  package init(port: UInt16, authorityFile: String, user: DovecotOptions.User) throws {
    socket = try LabSocket(port: port, authorityFile: authorityFile)
    while try response().last?.text.hasSuffix(DovecotConfiguration.greeting) != true {}
    try command(
      "LOGIN", parts: [.literal(Array(user.name.utf8)), .literal(Array(user.password.utf8))])
    let capabilities = try command("CAPABILITY").first { $0.first?.text == "CAPABILITY" } ?? []
    self.capabilities = Set(capabilities.dropFirst().map(\.text))
    layout = try askLayout()
  }

  /// Connects to a laboratory server as one of its users.
  package convenience init(_ lab: DovecotLab, user: DovecotOptions.User? = nil) throws {
    guard let user = user ?? lab.options.users.first else { throw LabError("a lab without users") }
    try self.init(port: lab.ports.imaps, authorityFile: lab.authorityFile, user: user)
  }

  private func askLayout() throws -> LabMailboxLayout {
    let namespace = try command("NAMESPACE").first { $0.first?.text == "NAMESPACE" }
    guard let personal = namespace?.dropFirst().first?.items.first?.items, personal.count >= 2
    else { throw LabError("no personal namespace") }
    return LabMailboxLayout(prefix: personal[0].text, delimiter: personal[1].text)
  }

  // MARK: Talking

  /// One argument, or a piece of one: text as it is, or bytes announced as a literal.
  enum Part {
    case text(String)
    case literal([UInt8])
  }

  /// Sends a command and returns the untagged responses to it, without their `*`.
  @discardableResult
  package func command(_ text: String) throws -> [[LabValue]] {
    try command(text, parts: [])
  }

  @discardableResult
  func command(_ name: String, parts: [Part]) throws -> [[LabValue]] {
    tagNumber += 1
    let tag = "L\(tagNumber)"
    let withoutWaiting = capabilities.contains("LITERAL+")
    var output = Array("\(tag) \(name)".utf8)
    var untagged: [[LabValue]] = []
    for part in parts {
      output.append(UInt8(ascii: " "))
      switch part {
      case .text(let text): output += Array(text.utf8)
      case .literal(let bytes):
        output += Array("{\(bytes.count)\(withoutWaiting ? "+" : "")}\r\n".utf8)
        if !withoutWaiting {
          try socket.write(output)
          output = []
          try awaitContinuation(tag: tag, command: name, untagged: &untagged)
        }
        output += bytes
      }
    }
    try socket.write(output + Array("\r\n".utf8))
    while true {
      let line = try response()
      if line.first?.text == tag {
        try Self.check(line, command: name)
        return untagged
      }
      untagged.append(Array(line.dropFirst()))
    }
  }

  private func awaitContinuation(
    tag: String, command: String, untagged: inout [[LabValue]]
  ) throws {
    while true {
      let line = try response()
      switch line.first?.text {
      case "+": return
      case tag: throw LabError("\(command) was refused: \(line.dropFirst().map(\.text))")
      default: untagged.append(Array(line.dropFirst()))
      }
    }
  }

  private static func check(_ line: [LabValue], command: String) throws {
    guard line.count > 1, line[1].text == "OK" else {
      let words = line.dropFirst().map(\.text).joined(separator: " ")
      throw LabError("\(command) was refused: \(words)")
    }
  }

  /// Reads one whole response, literals included.
  private func response() throws -> [LabValue] {
    var scanned = 0
    while true {
      let lineFeed = try lineFeed(from: scanned)
      let line = unread[scanned..<lineFeed].prefix { $0 != UInt8(ascii: "\r") }
      if let count = Self.literalLength(line) {
        scanned = lineFeed + 1 + count
        while unread.count < scanned { unread += try socket.read() }
        continue
      }
      let whole = Array(unread[..<line.endIndex])
      unread.removeFirst(lineFeed + 1)
      return try LabValue.parse(whole)
    }
  }

  private func lineFeed(from start: Int) throws -> Int {
    var from = start
    while true {
      if let index = unread[from...].firstIndex(of: UInt8(ascii: "\n")) { return index }
      from = unread.count
      unread += try socket.read()
    }
  }

  private static func literalLength(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.last == UInt8(ascii: "}"), let brace = line.lastIndex(of: UInt8(ascii: "{")) else {
      return nil
    }
    return Int(String(decoding: line[(brace + 1)..<(line.endIndex - 1)], as: UTF8.self))
  }
}
