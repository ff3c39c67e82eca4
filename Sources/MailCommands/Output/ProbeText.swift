// mailmove: a server's answers, as words.
// SPDX-License-Identifier: Apache-2.0

import MailEndpoints
import MailJobs
import SyncEngine

/// What a server showed of itself, as lines and for programs.
struct ProbeText {
  let report: ProbeReport

  var lines: [String] {
    let tls = report.tls
    let certificate = report.certificate
    var facts: [(String, String)] = [
      ("TLS", "\(tls.version), \(tls.cipher)\(tls.isStartTLS ? ", by STARTTLS" : "")"),
      ("certificate", certificate.subject),
      ("  for", certificate.names.joined(separator: ", ")),
      ("  issued by", certificate.issuer),
      (
        "  valid",
        "\(certificate.validFrom) to \(certificate.validUntil)"
      ),
      ("  pin", "sha256:\(certificate.pin)"),
      ("greeting", report.greeting),
    ]
    if !report.serverID.isEmpty {
      facts.append(
        ("server", report.serverID.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")))
    }
    facts.append(("capabilities", report.capabilities.joined(separator: " ")))
    facts.append(("login by", report.mechanisms.joined(separator: " ")))
    if let session = report.session {
      facts.append(("after login", session.capabilities.joined(separator: " ")))
      facts += LimitsText.lines(session.limits, session.quota).map { ("limits", $0) }
    }
    let width = facts.map(\.0.count).max() ?? 0
    return facts.map { name, value in
      "\(DisplayWidth.padded(name, to: width))  \(SafeText.visible(value))"
    }
  }

  var folders: [String] {
    var table = TextTable([
      .init("folder"), .init("role"), .init("messages", isNumber: true), .init("why", widthMax: 72),
    ])
    for folder in report.session?.folders ?? [] {
      table.add([
        folder.path, folder.role ?? "", folder.messages.map { Quantity.count($0) } ?? "",
        folder.role == nil ? "" : folder.rule,
      ])
    }
    return table.lines
  }

  /// The fields of the event `probe`.
  var fields: [(String, JSON)] {
    let certificate = report.certificate
    return [
      ("tls_version", .string(report.tls.version)), ("tls_cipher", .string(report.tls.cipher)),
      ("starttls", .bool(report.tls.isStartTLS)),
      (
        "certificate",
        .object([
          ("subject", .string(certificate.subject)), ("names", Self.list(certificate.names)),
          ("issuer", .string(certificate.issuer)),
          ("valid_from", .string(certificate.validFrom)),
          ("valid_until", .string(certificate.validUntil)),
          ("pin", .string("sha256:\(certificate.pin)")),
        ])
      ),
      ("greeting", .string(report.greeting)),
      ("id", .object(report.serverID.map { ($0.name, .string($0.value)) })),
      ("capabilities", Self.list(report.capabilities)),
      ("mechanisms", Self.list(report.mechanisms)),
      ("session", report.session.map(Self.json) ?? .null),
    ]
  }

  private static func json(_ session: ProbeReport.Session) -> JSON {
    .object([
      ("capabilities", list(session.capabilities)),
      ("limits", LimitsText.json(session.limits, session.quota)),
      (
        "folders",
        .array(
          session.folders.map {
            .object([
              ("path", .string($0.path)), ("role", JSON($0.role)), ("rule", .string($0.rule)),
              ("messages", JSON($0.messages)),
            ])
          })
      ),
    ])
  }

  private static func list(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
}
