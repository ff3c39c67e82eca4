// mailmove: a connection before STARTTLS.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What exists before TLS on a port with STARTTLS or STLS: it carries lines, and ends by becoming a
/// `SecureChannel` or by being dropped.
///
/// Nothing that takes a credential takes this type. Whatever is read here comes from anybody on the
/// way and has to be forgotten after `secure`.
package struct ClearChannel: ~Copyable {
  private let socket: Socket
  private var buffer: [UInt8] = []
  private var received = 0

  /// Connects to a port that begins in clear text (imap 143, pop3 110).
  package static func connect(
    host: String, port: UInt16, deadlines: Deadlines, interrupt: Interrupt
  ) throws(TransportError) -> ClearChannel {
    ClearChannel(
      try Dialer.connect(
        host: host, port: port, within: deadlines.connect, interrupt: interrupt))
  }

  init(_ socket: Socket) { self.socket = socket }

  /// Whether the server has said something that is not read yet. Before our command is sent, that
  /// is an answer nobody asked for.
  package mutating func hasInput() throws(TransportError) -> Bool {
    if !buffer.isEmpty { return true }
    return try socket.receive(atMost: 1, peek: true) != nil
  }

  /// Reads a line, without its CRLF (or bare LF).
  ///
  /// - Throws: `.clearTextViolation(.tooMuch)` if more than `Limits.clearTextBytesMax` bytes come
  ///   over the life of the channel; `.closedByPeer`, `.timedOut`, `.interrupted`.
  package mutating func readLine(within limit: Duration) throws(TransportError) -> [UInt8] {
    let deadline = ContinuousClock.now + limit
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        var line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
      }
      try socket.interrupt.check()
      guard let more = try socket.receive(atMost: 4096) else {
        _ = try socket.wait(for: .input, until: deadline, phase: .read, limit: limit)
        continue
      }
      guard !more.isEmpty else { throw .closedByPeer(during: .read) }
      received += more.count
      guard received <= Limits.clearTextBytesMax else { throw .clearTextViolation(.tooMuch) }
      buffer += more
    }
  }

  /// Writes a line and its CRLF.
  package func writeLine(_ line: [UInt8], within limit: Duration) throws(TransportError) {
    precondition(!line.contains { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") })
    try socket.send(line + [UInt8(ascii: "\r"), UInt8(ascii: "\n")], within: limit)
  }

  /// Begins TLS on the same connection, after the server's positive answer to STARTTLS or STLS.
  ///
  /// - Throws: `.clearTextViolation(.dataBeforeTLS)` if even one byte came after that answer
  ///   (response injection, CVE-2011-0411): before the ClientHello is sent it is seen here, later
  ///   it is no TLS record. Otherwise as `SecureChannel.connect`.
  package consuming func secure(
    context: TLSContext, deadlines: Deadlines
  ) throws(TransportError) -> SecureChannel {
    guard buffer.isEmpty else { throw .clearTextViolation(.dataBeforeTLS) }
    if let early = try socket.receive(atMost: 1, peek: true) {
      if early.isEmpty { throw .closedByPeer(during: .handshake) }
      throw .clearTextViolation(.dataBeforeTLS)
    }
    return try SecureChannel(
      socket: socket, context: context, followsClearText: true, within: deadlines.handshake)
  }
}
