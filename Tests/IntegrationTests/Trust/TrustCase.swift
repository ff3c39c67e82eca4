// mailmove: servers that must not be told a secret.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

/// A server that must not be logged in to, and what the user is told about it.
struct TrustCase: Sendable, CustomTestStringConvertible {
  /// The authorities of the table, made once.
  struct Authorities: Sendable {
    let trusted: CertificateAuthority
    let stranger: CertificateAuthority
    let good: Identity
  }

  typealias Settings = @Sendable (Authorities) throws -> TLSServerSettings

  let testDescription: String
  let speech: ListeningServer.Speech
  let opening: ListeningServer.Opening
  let settings: Settings
  var host = "localhost"
  /// Of the endpoint, without the dashes and the side.
  var options: [String] = []
  /// What the server says it can, inside TLS.
  var capabilities: String
  /// 10 and 12 stand for the source; the target's code is one more.
  let exit: Int32
  /// In what is told: what is wrong, and what to do.
  let words: [String]

  /// There is no session in which anything could be said.
  var isRefusedByTLS: Bool { exit == 14 || exit == 10 }

  var scheme: String {
    let name = speech == .imap ? "imap" : "pop3"
    return switch opening {
    case .tls, .clear, .silence: name + "s"
    case .upgrade: name
    }
  }

  init(
    _ name: String, _ speech: ListeningServer.Speech = .imap,
    opening: ListeningServer.Opening = .tls, host: String = "localhost",
    options: [String] = [], capabilities: String? = nil, exit: Int32 = 14, _ words: [String],
    settings: @escaping Settings = { .init(identity: $0.good) }
  ) {
    testDescription = "\(name), \(speech)"
    self.speech = speech
    self.opening = opening
    self.settings = settings
    self.host = host
    self.options = options
    self.capabilities =
      capabilities ?? (speech == .imap ? "IMAP4rev1 AUTH=PLAIN SASL-IR" : "USER\r\nSASL PLAIN")
    self.exit = exit
    self.words = words
  }

  static let all: [TrustCase] =
    [ListeningServer.Speech.imap, .pop3].flatMap(certificates) + [.imap, .pop3].flatMap(weak)
    + imapUpgrades + pop3Upgrades + insideTLS

  private static let wrongPin = "sha256:" + String(repeating: "0", count: 64)

  private static func certificates(_ speech: ListeningServer.Speech) -> [TrustCase] {
    [
      .init("expired", speech, ["expired on", "ask the owner to renew it", "pin sha256:"]) {
        .init(identity: try $0.trusted.issue(notBefore: -7200, notAfter: -3600))
      },
      .init("not yet valid", speech, ["is not valid before", "check this machine's clock"]) {
        .init(identity: try $0.trusted.issue(notBefore: 3600, notAfter: 7200))
      },
      .init(
        "wrong host", speech,
        ["the certificate is not for localhost, but for mail.example.org", "TLS server name"]
      ) {
        .init(identity: try $0.trusted.issue(names: [.dns("mail.example.org")]))
      },
      .init("self-signed", speech, ["signed by nobody but itself", "set pin sha256:"]) { _ in
        .init(identity: try CertificateAuthority.selfSigned())
      },
      .init(
        "unknown CA", speech,
        ["issued by somebody this machine does not trust (CN=a stranger)", "CA file"]
      ) {
        .init(identity: try $0.stranger.issue())
      },
      .init(
        "an address without a SAN", speech, host: "127.0.0.1",
        ["the certificate is not for 127.0.0.1, but for localhost"]
      ) {
        .init(identity: try $0.trusted.issue(names: [.dns("localhost")]))
      },
      .init(
        "another pin", speech, options: ["tls-pin", wrongPin],
        ["has another pin than \(wrongPin)", "the server now shows pin sha256:"]),
    ]
  }

  private static func weak(_ speech: ListeningServer.Speech) -> [TrustCase] {
    let profile = "set its TLS profile to"
    return [
      .init("TLS 1.0 only", speech, ["no TLS version in common", "\(profile) legacy"]) {
        .init(identity: $0.good, versions: .tls10 ... .tls10)
      },
      .init("TLS 1.1 only", speech, ["no TLS version in common", "\(profile) legacy"]) {
        .init(identity: $0.good, versions: .tls11 ... .tls11)
      },
      .init("anonymous Diffie-Hellman", speech, ["offers TLS that is too weak"]) { _ in
        .init(identity: nil, versions: .tls12 ... .tls12, ciphers: "ADH-AES256-SHA")
      },
      .init(
        "anonymous Diffie-Hellman against a pin", speech, options: ["tls-pin", wrongPin],
        ["offers TLS that is too weak"]
      ) { _ in
        .init(identity: nil, versions: .tls12 ... .tls12, ciphers: "ADH-AES256-SHA")
      },
      .init("weak Diffie-Hellman", speech, ["dh key too small", "\(profile) compat"]) {
        .init(
          identity: try $0.trusted.issue(keyType: .rsa2048), versions: .tls12 ... .tls12,
          ciphers: "DHE-RSA-AES256-GCM-SHA384", diffieHellman: .bits1024)
      },
      .init("no certificate", speech, ["offers TLS that is too weak"]) { _ in
        .init(identity: nil)
      },
      .init(
        "plain text on the TLS port", speech,
        opening: .clear(speech == .imap ? "* OK IMAP4rev1 ready\r\n" : "+OK ready\r\n"), exit: 10,
        ["localhost does not speak TLS on this port", "imaps 993, pop3s 995"]),
    ]
  }

  private static func imap(
    _ name: String, greeting: String = "* OK hello\r\n", _ answer: String,
    then: ListeningServer.Then = .listening, _ words: [String], exit: Int32 = 14,
    settings: @escaping Settings = { .init(identity: $0.good) }
  ) -> TrustCase {
    .init(
      name, .imap, opening: .upgrade(greeting: greeting, answer: answer, then: then), exit: exit,
      words,
      settings: settings)
  }

  private static let tampered = "something tampered with the connection to the SIDE server"
  private static let noTLS = [
    "the SIDE server offers no encryption on this port", "never sends a password in clear text",
  ]

  private static let imapUpgrades: [TrustCase] = [
    imap("STARTTLS absent", "TAG BAD unknown command\r\n", noTLS),
    imap("STARTTLS refused", "TAG NO not today\r\n", noTLS),
    imap("STARTTLS never answered for", String(repeating: "* OK wait\r\n", count: 200), noTLS),
    imap(
      "clear text after the OK", "TAG OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
      [tampered, "nothing secret was sent"]),
    imap(
      "clear text after the OK, then TLS", "TAG OK begin\r\n* OK hi\r\n", then: .handshake,
      [tampered, "nothing secret was sent"]),
    imap(
      "clear text where the handshake has to be", "TAG OK begin\r\n",
      then: .words("* PREAUTH welcome\r\n"), [tampered]),
    imap(
      "a forged OK before the command", greeting: "* OK hello\r\na1 OK begin\r\n", "", [tampered]),
    imap("an OK with another tag", "a1 OK begin\r\n", [tampered]),
    imap("PREAUTH", greeting: "* PREAUTH welcome back\r\n", "", [tampered, "PREAUTH before TLS"]),
    imap(
      "STARTTLS to somebody else's certificate", "TAG OK begin\r\n", then: .handshake,
      ["issued by somebody this machine does not trust"]
    ) {
      .init(identity: try $0.stranger.issue())
    },
  ]

  private static func pop3(
    _ name: String, greeting: String = "+OK hello\r\n", _ answer: String,
    then: ListeningServer.Then = .listening, _ words: [String],
    settings: @escaping Settings = { .init(identity: $0.good) }
  ) -> TrustCase {
    .init(
      name, .pop3, opening: .upgrade(greeting: greeting, answer: answer, then: then), words,
      settings: settings)
  }

  private static let pop3Upgrades: [TrustCase] = [
    pop3("STLS absent", "-ERR unknown command\r\n", noTLS + ["pop3s:// (port 995)"]),
    pop3("STLS refused", "-ERR not today\r\n", noTLS + ["pop3s:// (port 995)"]),
    pop3(
      "clear text after the OK", "+OK begin\r\n+OK more\r\n",
      [tampered, "nothing secret was sent"]),
    pop3(
      "clear text after the OK, then TLS", "+OK begin\r\n+OK hi\r\n", then: .handshake,
      [tampered, "nothing secret was sent"]),
    pop3(
      "clear text where the handshake has to be", "+OK begin\r\n", then: .words("+OK in\r\n"),
      [tampered]),
    pop3(
      "a forged OK before the command", greeting: "+OK hello\r\n+OK begin\r\n", "", [tampered]),
    pop3(
      "STLS to somebody else's certificate", "+OK begin\r\n", then: .handshake,
      ["issued by somebody this machine does not trust"]
    ) {
      .init(identity: try $0.stranger.issue())
    },
  ]

  private static let noWay = "the SIDE server offers no way to log in that can be used"

  private static let insideTLS: [TrustCase] = [
    .init(
      "LOGINDISABLED inside TLS", .imap, capabilities: "IMAP4rev1 LOGINDISABLED", exit: 12,
      [noWay]),
    .init(
      "capabilities that change after TLS", .imap,
      opening: .upgrade(
        greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN] hello\r\n",
        answer: "TAG OK begin\r\n", then: .handshake),
      capabilities: "IMAP4rev1 LOGINDISABLED", exit: 12, [noWay]),
  ]
}
