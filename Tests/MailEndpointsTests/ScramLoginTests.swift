// mailmove: a server has to prove that it knows the password.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailTestKit
import SyncEngine
import Testing

@testable import MailWire

@Suite struct ScramLoginTests {
  /// What a server does after the client's proof.
  enum Ending: Sendable, CaseIterable { case signature, wrongSignature, noSignature, error }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func aServerThatProvesItselfIsLoggedInTo(hasSASLIR: Bool) async throws {
    let server = try Self.server(.signature, hasSASLIR: hasSASLIR)
    let target = try await IMAPTarget.connect(server.account())
    await target.close()
    server.stop()
    #expect(server.requests.map(\.name) == ["CAPABILITY", "AUTHENTICATE", "CAPABILITY", "LOGOUT"])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [Ending.wrongSignature, .noSignature, .error])
  func aServerThatDoesNotIsRefused(ending: Ending) async throws {
    let server = try Self.server(ending, hasSASLIR: true)
    let queue = CredentialQueue.password("geheim")
    let account = try server.account(credentials: queue.provider(.password))
    let error = try await failure { try await IMAPTarget.connect(account) }
    server.stop()
    #expect(error.cause == .loginRefused)
    #expect(error.remedy == .stop)
    #expect(server.texts(of: "AUTHENTICATE").count == 1)
    #expect(server.texts(of: "LOGIN").isEmpty)
    #expect(queue.timesAsked == 1)
    let plain = server.replies.map {
      String(decoding: Base64.decode(Array($0.utf8)) ?? [], as: UTF8.self)
    }
    #expect(!plain.contains { $0.contains("geheim") })
  }

  private static func server(_ ending: Ending, hasSASLIR: Bool) throws -> ScriptedIMAPServer {
    try ScriptedIMAPServer(
      capabilities: "IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=PLAIN" + (hasSASLIR ? " SASL-IR" : "")
    ) { request, conversation in
      guard request.name == "AUTHENTICATE" else { return nil }
      let words = request.text.split(separator: " ").map(String.init)
      guard words[1] == "SCRAM-SHA-256" else { return ["NO not that"] }
      let first = try decode(hasSASLIR ? words[2] : conversation.ask(""))
      let bare = String(first.dropFirst("n,,".count))
      let nonce = bare.split(separator: ",").last { $0.hasPrefix("r=") }?.dropFirst(2) ?? ""
      let salt = Array("sea salt".utf8)
      let challenge = "r=\(nonce)more,s=\(encode(salt)),i=4096"
      let final = try decode(conversation.ask(encode(Array(challenge.utf8))))
      let withoutProof = final.split(separator: ",").filter { !$0.hasPrefix("p=") }
      let salted = KeyedHash.pbkdf2(
        password: Array("geheim".utf8), salt: salt, iterations: 4096)
      let signature = KeyedHash.hmac(
        key: KeyedHash.hmac(key: salted, Array("Server Key".utf8)),
        Array("\(bare),\(challenge),\(withoutProof.joined(separator: ","))".utf8))
      switch ending {
      case .signature:
        _ = try conversation.ask(encode(Array("v=\(encode(signature))".utf8)))
      case .wrongSignature:
        _ = try conversation.ask(encode(Array("v=\(encode(signature.reversed()))".utf8)))
      case .noSignature: break
      case .error:
        _ = try conversation.ask(encode(Array("e=invalid-proof".utf8)))
        return ["NO wrong"]
      }
      return ["OK in"]
    }
  }

  private static func encode(_ bytes: [UInt8]) -> String {
    String(decoding: Base64.encode(bytes), as: UTF8.self)
  }

  private static func decode(_ text: String) -> String {
    String(decoding: Base64.decode(Array(text.utf8)) ?? [], as: UTF8.self)
  }
}
