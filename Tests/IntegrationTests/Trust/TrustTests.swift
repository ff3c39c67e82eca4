// mailmove: the real binary and servers that must not be told a secret.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

/// Invariant 11, end to end: what the server has on record is the proof.
@Suite("The real binary before servers that nobody may trust", .serialized)
struct TrustTests {
  /// How the server is met.
  enum Meeting: CaseIterable { case probe, source, target }

  static let user = Canary("Kanarienvogel@Kaefig.example.org")
  static let password = Canary("Gelber \"Hansi\" \\ pfeift 2 Lieder")
  static let authorities = Result {
    let trusted = try CertificateAuthority(name: "mailmove trust tests")
    return TrustCase.Authorities(
      trusted: trusted, stranger: try CertificateAuthority(name: "a stranger"),
      good: try trusted.issue())
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)), arguments: TrustCase.all)
  func noCredentialIsSaidAndTheUserHearsWhy(row: TrustCase) async throws {
    let meetings = Meeting.allCases.filter { $0 != .target || row.speech == .imap }
    for meeting in meetings { try await check(row, meeting) }
  }

  private func check(_ row: TrustCase, _ meeting: Meeting) async throws {
    let server = try server(row)
    let run = try BinaryRun()
    let ended = try await meet(server, row, meeting, run)
    server.stop()
    let side = meeting == .target ? "target" : "source"
    let steps: Int32 = meeting == .target && [10, 12].contains(row.exit) ? 1 : 0
    #expect(ended.exit == row.exit + steps, "\(meeting): \(ended)")
    for words in row.words {
      #expect(
        ended.errors.contains(words.replacing("SIDE", with: side)), "\(meeting): \(ended.errors)")
    }
    // What somebody says who is not trusted is not shown as a result.
    if row.isRefusedByTLS {
      let isBare = meeting == .probe ? ended.output.isEmpty : ended.output.hasPrefix("0 messages")
      #expect(isBare, "\(meeting): \(ended.output)")
      #expect(server.insideTLS.isEmpty, "\(meeting): not an octet before trust")
    }
    #expect(Self.strayClearText(in: server.clearText, row.speech) == "", "\(meeting)")
    // A probe that is not let in looks once more, without a login.
    let connections = meeting == .probe && row.exit == 12 ? 2 : 1
    #expect(server.connectionCount == connections, "\(meeting): trust is not retried")
    for canary in [Self.user, Self.password] {
      #expect(canary.forms(in: server.clearText) == [], "\(meeting)")
      #expect(canary.forms(in: server.insideTLS) == [], "\(meeting)")
    }
    #expect(Self.password.forms(in: ended.errors) == [], "\(meeting)")
  }

  /// What was said in clear text beside the one command that asks for TLS, and TLS itself.
  private static func strayClearText(
    in octets: [UInt8], _ speech: ListeningServer.Speech
  ) -> String {
    var rest = octets[...]
    while let first = rest.first, first != Self.handshakeRecord {
      let line = String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      let isUpgrade =
        switch speech {
        case .imap: line.wholeMatch(of: /[0-9a-z]+ STARTTLS\r/) != nil
        case .pop3: line == "STLS\r"
        }
      guard isUpgrade else { break }
      rest = rest.dropFirst(line.utf8.count + 1)
    }
    return rest.first == Self.handshakeRecord ? "" : String(decoding: rest, as: UTF8.self)
  }

  /// The first octet of a TLS record with a ClientHello (RFC 8446, 5.1).
  private static let handshakeRecord: UInt8 = 0x16

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func aStalledHandshakeEndsAndSaysNothing() async throws {
    let row = TrustCase("a stalled handshake", .imap, opening: .silence, exit: 5, [])
    let server = try server(row)
    let ended = try await meet(server, row, .probe, try BinaryRun())
    server.stop()
    #expect(ended.exit == 5, "\(ended)")
    #expect(ended.errors.contains("no progress for 30 s while starting TLS"))
    #expect(ended.errors.contains("the port may not be a TLS port"))
    #expect(server.clearText.first == Self.handshakeRecord)
    for canary in [Self.user, Self.password] {
      #expect(canary.forms(in: server.clearText) == [])
    }
  }

  /// The same server with a certificate that is right hears them, so the others could have.
  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    arguments: [ListeningServer.Speech.imap, .pop3], [true, false])
  func aServerThatIsTrustedHearsThemInsideTLSAlone(
    speech: ListeningServer.Speech, upgrades: Bool
  ) async throws {
    let hello = speech == .imap ? "* OK hello\r\n" : "+OK hello\r\n"
    let begin = speech == .imap ? "TAG OK begin\r\n" : "+OK begin\r\n"
    let row = TrustCase(
      "trusted", speech,
      opening: upgrades ? .upgrade(greeting: hello, answer: begin, then: .handshake) : .tls,
      exit: 0, [])
    let server = try server(row)
    let ended = try await meet(server, row, .probe, try BinaryRun())
    server.stop()
    for canary in [Self.user, Self.password] {
      #expect(canary.forms(in: server.insideTLS) != [], "\(ended)")
      #expect(canary.forms(in: server.clearText) == [])
    }
  }

  private func server(_ row: TrustCase) throws -> ListeningServer {
    try ListeningServer(
      row.settings(try Self.authorities.get()), row.speech, opening: row.opening,
      capabilities: row.capabilities)
  }

  private func meet(
    _ server: ListeningServer, _ row: TrustCase, _ meeting: Meeting, _ run: BinaryRun
  ) async throws -> BinaryRun.Ended {
    let user = Self.user.text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let url = "\(row.scheme)://\(user)@\(row.host):\(server.port)"
    let trusted = try Self.authorities.get().trusted
    let options =
      row.options.isEmpty ? ["tls-ca", try trusted.write(into: run.folder.path)] : row.options
    let password = Self.password.text
    let archive = "archive:" + run.folder.file("archive")
    let state = ["--state", run.folder.file("state")]
    return switch meeting {
    case .probe:
      try await run.run(
        ["probe", url, "--\(options[0])", options[1]], ["MAILMOVE_PASSWORD": password])
    case .source:
      try await run.run(
        ["sync", url, archive, "--source-\(options[0])", options[1]] + state,
        ["MAILMOVE_SOURCE_PASSWORD": password])
    case .target:
      try await run.run(
        ["sync", archive, url, "--target-\(options[0])", options[1]] + state,
        ["MAILMOVE_TARGET_PASSWORD": password])
    }
  }
}
