// mailmove: ways to come across a secret.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

/// A server that refuses, breaks off or repeats what it was told, and how the run ends.
struct CanaryCase: Sendable, CustomTestStringConvertible {
  enum Server: Sendable {
    case imap(String, ScriptedIMAPServer.Answer)
    case pop3([String], ScriptedPOP3Server.Answer)
  }

  static let password = Canary("Gelber \"Hansi\" \\ pfeift & 2 Lieder")
  static let token = Canary("ya29.Kanarienvogel-Zwitschert_Leise~4711")
  private static let base64 = String(
    decoding: Base64.encode(Array("\0anna\0\(password.text)".utf8)), as: UTF8.self)

  let testDescription: String
  let server: Server
  var usesToken = false
  /// Of `sync` from this server.
  let exit: Int32

  init(
    _ name: String, imap capabilities: String = "IMAP4rev1", usesToken: Bool = false,
    exit: Int32 = 12, _ answer: @escaping ScriptedIMAPServer.Answer
  ) {
    testDescription = "\(name), imap"
    server = .imap(capabilities, answer)
    self.usesToken = usesToken
    self.exit = exit
  }

  init(
    _ name: String, pop3 capabilities: [String], usesToken: Bool = false, exit: Int32 = 12,
    _ answer: @escaping ScriptedPOP3Server.Answer
  ) {
    testDescription = "\(name), pop3"
    server = .pop3(capabilities, answer)
    self.usesToken = usesToken
    self.exit = exit
  }

  static let all = imap + pop3

  private static let imap: [CanaryCase] = [
    .init("a wrong password") { request, _ in
      request.name == "LOGIN" ? ["NO [AUTHENTICATIONFAILED] wrong"] : nil
    },
    .init("LOGIN repeated in the refusal") { request, _ in
      request.name == "LOGIN" ? ["NO LOGIN anna \(password.text) failed"] : nil
    },
    .init("LOGIN repeated in a response code") { request, _ in
      request.name == "LOGIN" ? ["NO [PASSWORD-WAS \(password.text)] failed"] : nil
    },
    .init("PLAIN repeated in BAD", imap: "IMAP4rev1 AUTH=PLAIN SASL-IR") { request, _ in
      request.name == "AUTHENTICATE" ? ["BAD unknown: \(request.text)"] : nil
    },
    .init("PLAIN repeated line by line", imap: "IMAP4rev1 AUTH=PLAIN") { request, talk in
      guard request.name == "AUTHENTICATE" else { return nil }
      let told = try talk.ask("")
      return ["* NO \(told)", "* BAD \(told.lowercased())", "NO \(told)"]
    },
    .init("the password in a BYE", exit: 5) { request, talk in
      guard request.name == "LOGIN" else { return nil }
      try talk.say("* BYE \(password.text) is no good\r\n")
      talk.hangUp()
      return []
    },
    .init("cut off during AUTHENTICATE", imap: "IMAP4rev1 AUTH=PLAIN", exit: 5) {
      request, talk in
      guard request.name == "AUTHENTICATE" else { return nil }
      _ = try talk.ask("")
      talk.hangUp()
      return []
    },
    .init("SCRAM that proves nothing", imap: "IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR") {
      request, talk in
      guard request.name == "AUTHENTICATE" else { return nil }
      _ = try talk.ask(base64)
      return ["NO \(password.text)"]
    },
    .init("an error after the login that repeats it", exit: 5) { request, _ in
      switch request.name {
      case "LIST": ["* NO \(base64)", "BAD you are \(password.text)"]
      default: nil
      }
    },
    .init("a token refused and repeated", imap: "IMAP4rev1 AUTH=XOAUTH2 SASL-IR", usesToken: true) {
      request, talk in
      guard request.name == "AUTHENTICATE" else { return nil }
      let challenge = #"{"status":"\#(token.text)","scope":"\#(token.text)"}"#
      _ = try talk.ask(String(decoding: Base64.encode(Array(challenge.utf8)), as: UTF8.self))
      return ["NO \(request.text) Bearer \(token.text)"]
    },
    .init("a token where there is none to be used", imap: "IMAP4rev1", usesToken: true) { _, _ in
      nil
    },
  ]

  private static let pop3: [CanaryCase] = [
    .init("a wrong password", pop3: ["USER"]) { line, _ in
      line.hasPrefix("PASS") ? "-ERR [AUTH] wrong\r\n" : nil
    },
    .init("PASS repeated in the refusal", pop3: ["USER"]) { line, _ in
      line.hasPrefix("PASS") ? "-ERR \(line)\r\n" : nil
    },
    .init("PASS repeated in a response code", pop3: ["USER"]) { line, _ in
      line.hasPrefix("PASS") ? "-ERR [\(line)] no\r\n" : nil
    },
    .init("PASS repeated by a server out of step", pop3: ["USER"], exit: 5) { line, _ in
      line.hasPrefix("PASS") ? "\(line)\r\n" : nil
    },
    .init("PLAIN repeated in the refusal", pop3: ["SASL PLAIN"]) { line, talk in
      guard line.hasPrefix("AUTH") else { return nil }
      return "-ERR \(try talk.ask("+ "))\r\n"
    },
    .init("cut off during AUTH", pop3: ["SASL PLAIN"], exit: 5) { line, talk in
      guard line.hasPrefix("AUTH") else { return nil }
      _ = try talk.ask("+ ")
      talk.hangUp()
      return ""
    },
    .init("an error after the login that repeats it", pop3: ["USER", "UIDL"], exit: 5) { line, _ in
      line.hasPrefix("STAT") || line.hasPrefix("UIDL") || line.hasPrefix("LIST")
        ? "-ERR \(password.text) \(base64)\r\n" : nil
    },
    .init("a token refused and repeated", pop3: ["SASL XOAUTH2"], usesToken: true) { line, talk in
      guard line.hasPrefix("AUTH") else { return nil }
      return "-ERR \(try talk.ask("+ ")) \(token.text)\r\n"
    },
  ]
}
