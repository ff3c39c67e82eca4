// mailmove: from clear text into TLS.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailTransport

@Suite struct StartTLSTests {
  let trust: TestTrust
  let settings: TLSServerSettings

  init() throws {
    trust = try TestTrust()
    settings = TLSServerSettings(identity: try TestTrust.identity.get())
  }

  private static let command = Array("x7 STARTTLS".utf8)

  /// Greets, waits for the command, then does what the test says.
  private func server(
    then: @escaping TLSTestServer.Script
  ) throws -> TLSTestServer {
    try TLSTestServer(settings, opening: .clear) { connection in
      try connection.write("* OK hello\r\n")
      _ = try connection.readLine()
      try then(connection)
    }
  }

  /// Does what a client does up to the first byte inside TLS.
  private static func start(
    _ server: TLSTestServer, _ context: TLSContext, deadlines: Deadlines = .test
  ) throws -> SecureChannel {
    var clear = try server.connectInClear()
    _ = try clear.readLine(within: .seconds(20))
    try clear.writeLine(Self.command, within: .seconds(20))
    _ = try clear.readLine(within: .seconds(20))
    return try clear.secure(context: context, deadlines: deadlines)
  }

  @Test func nothingButTheCommandLeavesBeforeTLS() async throws {
    let server = try server { connection in
      try connection.write("x7 OK begin\r\n")
      try connection.startTLS()
      try connection.write("inside:" + (try connection.readLine() ?? ""))
    }
    let context = try trust.context()
    let answer = try await onThread {
      let channel = try Self.start(server, context)
      try channel.write(Array("x8 LOGIN u secret\r\n".utf8), within: .seconds(20))
      return try channel.readText(24)
    }
    server.stop()
    #expect(answer == "inside:x8 LOGIN u secret")
    #expect(server.clearTextReceived == Self.command + [13, 10])
  }

  @Test func bytesAfterTheAnswerAreFatal() async throws {
    let server = try server { connection in
      try connection.write("x7 OK begin\r\n* BYE injected\r\n")
      _ = try connection.readLine()
    }
    let context = try trust.context()
    let error = try await failure { _ = try Self.start(server, context) }
    server.stop()
    #expect(error == .clearTextViolation(.dataBeforeTLS))
    #expect(server.clearTextReceived == Self.command + [13, 10])
  }

  @Test func aLoneByteAfterTheAnswerIsFatalWheneverItArrives() async throws {
    let server = try server { connection in
      try connection.drip(Array("x7 OK begin\r\n ".utf8))
      // Until the client leaves: a ClientHello is random and may well hold the end of a line.
      _ = try connection.readBytes(100_000)
    }
    let context = try trust.context()
    let error = try await failure { _ = try Self.start(server, context) }
    #expect(
      error == .clearTextViolation(.dataBeforeTLS)
        || error == .timedOut(phase: .handshake, after: Deadlines.test.handshake))
  }

  @Test func clearTextInsteadOfAHandshakeIsFatal() async throws {
    let server = try server { connection in
      try connection.write("x7 OK begin\r\n")
      _ = try connection.readBytes(5)
      try connection.write("* PREAUTH welcome\r\n")
      _ = try connection.readSome()
    }
    let context = try trust.context()
    let error = try await failure { _ = try Self.start(server, context) }
    #expect(error == .clearTextViolation(.dataBeforeTLS))
  }

  @Test func anAnswerNobodyAskedForIsSeenBeforeTheCommand() async throws {
    let server = try TLSTestServer(settings, opening: .clear) { connection in
      try connection.write("* OK hello\r\nx7 OK begin\r\n")
      _ = try connection.readLine()
    }
    let seen = try await onThread {
      var clear = try server.connectInClear()
      _ = try clear.readLine(within: .seconds(20))
      return try clear.hasInput()
    }
    #expect(seen)
  }

  @Test func aServerThatTalksForeverBeforeTLSIsCutOff() async throws {
    let server = try TLSTestServer(settings, opening: .clear) { connection in
      while true { try connection.write("* OK still here, and here, and here\r\n") }
    }
    let error = try await failure {
      var clear = try server.connectInClear()
      while true { _ = try clear.readLine(within: .seconds(20)) }
    }
    #expect(error == .clearTextViolation(.tooMuch))
  }

  @Test func aLineMayArriveInAnyPieces() async throws {
    let server = try TLSTestServer(settings, opening: .clear) { connection in
      try connection.drip(Array("* OK a\r\n* OK b\nrest".utf8))
    }
    let lines = try await onThread {
      var clear = try server.connectInClear()
      let first = try clear.readLine(within: .seconds(20))
      return [first, try clear.readLine(within: .seconds(20))]
    }
    #expect(lines == [Array("* OK a".utf8), Array("* OK b".utf8)])
    let error = try await failure {
      var clear = try server.connectInClear()
      for _ in 0..<3 { _ = try clear.readLine(within: .seconds(20)) }
    }
    #expect(error == .closedByPeer(during: .read))
  }
}
