// mailmove: reading and writing inside TLS.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailTransport

@Suite struct SecureChannelTests {
  let trust: TestTrust
  let context: TLSContext
  let settings: TLSServerSettings

  init() throws {
    trust = try TestTrust()
    context = try trust.context()
    settings = TLSServerSettings(identity: try TestTrust.identity.get())
  }

  // MARK: Handshakes that go wrong

  @Test func aPlainTextServerOnATLSPortIsNamed() async throws {
    let server = try TLSTestServer(settings, opening: .clear) { connection in
      try connection.write("* OK IMAP4rev1 ready\r\n")
      _ = try connection.readSome()
    }
    let context = context
    let error = try await failure { _ = try server.connect(context) }
    #expect(error == .plainTextOnTLSPort(host: "localhost"))
  }

  @Test func aStalledHandshakeMeetsItsDeadline() async throws {
    let server = try TLSTestServer(settings, opening: .clear) { $0.waitForRelease() }
    let context = context
    let error = try await failure {
      var deadlines = Deadlines.test
      deadlines.handshake = .milliseconds(200)
      _ = try server.connect(context, deadlines: deadlines)
    }
    #expect(error == .timedOut(phase: .handshake, after: .milliseconds(200)))
  }

  @Test(arguments: [true, false])
  func aServerThatHangsUpDuringTheHandshakeIsSuspectedOfOldTLS(reset: Bool) async throws {
    let server = try TLSTestServer(settings, opening: .clear) { connection in
      _ = try connection.readBytes(5)
      if reset { connection.reset() }
    }
    let context = context
    let error = try await failure { _ = try server.connect(context) }
    #expect(error == .closedByPeer(during: .handshake) || error == .reset(during: .handshake))
    #expect(error.hint.contains("legacy"))
  }

  // MARK: Reading

  @Test func aProperEndIsAnEnd() async throws {
    let server = try TLSTestServer(settings) { try $0.write("last words") }
    let context = context
    let rest = try await onThread {
      let channel = try server.connect(context)
      _ = try channel.readExactly(10)
      return try channel.readSome()
    }
    #expect(rest.isEmpty)
  }

  @Test func aCutStreamIsAnErrorAfterItsLastByte() async throws {
    let server = try TLSTestServer(settings) { connection in
      try connection.write("half of a mess")
      connection.close(notify: false)
    }
    let context = context
    let (text, error) = try await onThread {
      let channel = try server.connect(context)
      let text = try channel.readText(14)
      let errors = (1...2).map { _ in
        #expect(throws: TransportError.self) { try channel.readSome() }
      }
      #expect(errors[0] == errors[1])
      return (text, errors[0])
    }
    #expect(text == "half of a mess")
    #expect(error == .closedByPeer(during: .read))
  }

  @Test func aResetIsReportedAsOne() async throws {
    let server = try TLSTestServer(settings) { connection in
      _ = try connection.readBytes(1)
      connection.reset()
    }
    let context = context
    let error = try await failure {
      let channel = try server.connect(context)
      try channel.write([1], within: .seconds(20))
      _ = try channel.readSome()
    }
    #expect(error == .reset(during: .read))
  }

  @Test func aSilentServerMeetsTheReadDeadlineAndMayStillSpeak() async throws {
    let server = try TLSTestServer(settings) { connection in
      connection.waitForRelease()
      try connection.write("at last")
    }
    let context = context
    let text = try await onThread {
      let channel = try server.connect(context)
      #expect(!channel.hasInput)
      #expect(throws: TransportError.timedOut(phase: .read, after: .milliseconds(50))) {
        try channel.readSome(within: .milliseconds(50))
      }
      server.release()
      return try channel.readText(7)
    }
    #expect(text == "at last")
  }

  @Test func anInterruptEndsABlockedReadForGood() async throws {
    let interrupt = try Interrupt()
    let server = try TLSTestServer(settings) { connection in
      _ = try connection.readBytes(1)
      interrupt.interrupt()
      connection.waitForRelease()
    }
    let context = context
    let errors = try await onThread {
      let channel = try server.connect(context, interrupt: interrupt)
      try channel.write([1], within: .seconds(20))
      return (1...2).map { _ in
        #expect(throws: TransportError.self) { try channel.readSome() }
      }
    }
    #expect(errors == [.interrupted, .interrupted])
  }

  @Test func bytesAtHandAreKnownWithoutReading() async throws {
    let server = try TLSTestServer(settings) { connection in
      try connection.write("four")
      _ = try connection.readLine()
    }
    let context = context
    let (first, more, text) = try await onThread {
      let channel = try server.connect(context)
      let first = try channel.readText(1)
      let more = channel.hasInput
      return (first, more, try channel.readText(3))
    }
    #expect((first, text) == ("f", "our"))
    #expect(more)
  }

  // MARK: Writing

  @Test func bothSidesMayWriteAtOnceWithoutADeadlock() async throws {
    let server = try TLSTestServer(settings) { connection in
      while let bytes = try connection.readSome() { try connection.write(bytes) }
    }
    let context = context
    let part = pattern(16 << 20)
    let (echoed, sent) = try await onThread {
      let channel = try server.connect(context)
      var echoed: [UInt8] = []
      echoed.reserveCapacity(part.count * 4)
      for _ in 0..<4 {
        try channel.write(part, within: .seconds(20))
        while channel.hasInput { echoed += try channel.readSome(1 << 20) }
      }
      echoed += try channel.readExactly(part.count * 4 - echoed.count)
      return (SHA256Digest(of: echoed), channel.bytesSent)
    }
    #expect(echoed == SHA256Digest(of: part + part + part + part))
    #expect(sent == 64 << 20)
  }

  @Test func whatComesInWhileWritingIsBounded() async throws {
    let server = try TLSTestServer(settings) { connection in
      let flood = pattern(1 << 20)
      while true { try connection.write(flood) }
    }
    let context = context
    let (error, held) = try await onThread {
      let channel = try server.connect(context)
      let error = #expect(throws: TransportError.self) {
        try channel.write(pattern(64 << 20), within: .milliseconds(500))
      }
      var held = 0
      while let more = try? channel.readSome(1 << 20) { held += more.count }
      return (error, held)
    }
    #expect(error == .timedOut(phase: .write, after: .milliseconds(500)))
    #expect(held <= TLSSession.inboxBytesMax + 16 << 10)
  }

  @Test func aServerThatTakesNothingMeetsTheProgressDeadline() async throws {
    let server = try TLSTestServer(settings) { $0.waitForRelease() }
    let context = context
    let errors = try await onThread {
      let channel = try server.connect(context)
      return [64 << 20, 1].map { count in
        #expect(throws: TransportError.self) {
          try channel.write(pattern(count), within: .milliseconds(200))
        }
      }
    }
    #expect(errors[0] == .timedOut(phase: .write, after: .milliseconds(200)))
    #expect(errors[1] == errors[0])
  }

  /// Every byte that it sends is progress, so that alone would be waited for for ever.
  @Test(.timeLimit(.minutes(1)))
  func aServerThatTakesNothingAndSendsAByteNowAndThenMeetsTheDeadlineForAll() async throws {
    let server = try TLSTestServer(settings) { connection in
      while connection.pause(milliseconds: 100) { try connection.write([1]) }
    }
    let context = context
    let error = try await onThread {
      let channel = try server.connect(context)
      return #expect(throws: TransportError.self) {
        try channel.write(pattern(64 << 20), within: .seconds(20), whole: .seconds(1))
      }
    }
    #expect(error == .timedOut(phase: .write, after: .seconds(1)))
  }

  @Test func aCommandAndItsLiteralLeaveInOneRecord() async throws {
    let server = try TLSTestServer(settings) { connection in
      let first = try connection.readSome() ?? []
      try connection.write("\(first.count) bytes in the first record\n")
    }
    let context = context
    let line = try await onThread {
      let channel = try server.connect(context)
      try channel.write(
        [Array("a APPEND x {5+}\r\n".utf8), Array("hello".utf8), Array("\r\n".utf8)],
        within: .seconds(20))
      return try channel.readText(2)
    }
    #expect(line == "24")
  }

  @Test func piecesOfAnySizeArriveInOrder() async throws {
    let pieces = [3, 0, 16_383, 16_384, 1, 16_385, 100_000, 7].map(pattern)
    let count = pieces.reduce(0) { $0 + $1.count }
    let server = try TLSTestServer(settings) { connection in
      try connection.write("\(SHA256Digest(of: try connection.readBytes(count)))")
    }
    let context = context
    let digest = try await onThread {
      let channel = try server.connect(context)
      try channel.write(pieces, within: .seconds(20))
      return try channel.readText(64)
    }
    #expect(digest == SHA256Digest(of: Array(pieces.joined())).description)
  }

  @Test func aServersLastWordsSurviveAFailedWrite() async throws {
    let server = try TLSTestServer(settings) { connection in
      try connection.write("* BYE too big")
      connection.close()
    }
    let context = context
    let (text, error) = try await onThread {
      let channel = try server.connect(context)
      let error = #expect(throws: TransportError.self) {
        while true { try channel.write(pattern(1 << 20), within: .seconds(20)) }
      }
      return (try channel.readText(13), error)
    }
    #expect(text == "* BYE too big")
    #expect(error == .reset(during: .write) || error == .closedByPeer(during: .write))
  }

  // MARK: Ending

  @Test func closingSaysGoodbyeAndWaitsForNobody() async throws {
    let server = try TLSTestServer(settings) { connection in
      connection.waitForRelease()
      if try connection.readLine() != nil { throw TestServerError(what: "not an end") }
    }
    let context = context
    let error = try await failure {
      let channel = try server.connect(context)
      channel.close()
      channel.close()
      _ = try channel.readSome()
    }
    server.stop()
    #expect(error == .interrupted)
    #expect(server.failures.isEmpty)
  }
}
