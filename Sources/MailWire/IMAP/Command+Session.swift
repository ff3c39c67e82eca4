// mailmove: commands about the session.
// SPDX-License-Identifier: Apache-2.0

extension Command {
  /// RFC 9051, 6.1.1. Asked again after TLS and after login.
  package static let capability = Command("CAPABILITY")
  /// RFC 9051, 6.1.2: keeps the connection alive.
  package static let noop = Command("NOOP")
  /// RFC 9051, 6.1.3.
  package static let logout = Command("LOGOUT")
  /// RFC 9051, 6.2.1.
  package static let startTLS = Command("STARTTLS")
  /// RFC 2342.
  package static let namespace = Command("NAMESPACE")
  /// RFC 4978.
  package static let compressDeflate = Command("COMPRESS", [.text(" DEFLATE")])

  /// LOGIN (RFC 9051, 6.2.3), for servers without a better mechanism.
  package static func login(user: [UInt8], password: Secret) -> Command {
    Command("LOGIN", [.text(" "), .secret(Secret(user)), .text(" "), .secret(password)])
  }

  /// AUTHENTICATE (RFC 9051, 6.2.2), with an initial response only if the server has SASL-IR.
  package static func authenticate(
    mechanism: String, initialResponse: [UInt8]? = nil
  ) -> Command {
    guard let initialResponse else { return Command("AUTHENTICATE", [.text(" " + mechanism)]) }
    let encoded = initialResponse.isEmpty ? Array("=".utf8) : Base64.encode(initialResponse)
    return Command("AUTHENTICATE", [.text(" " + mechanism + " "), .secretWords(Secret(encoded))])
  }

  /// ID (RFC 2971). Every field and value is quoted: some servers want that before SELECT.
  package static func id(_ fields: [(field: String, value: String)]) -> Command {
    guard !fields.isEmpty else { return Command("ID", [.text(" NIL")]) }
    var pieces: [Piece] = []
    for (index, entry) in fields.enumerated() {
      pieces += [
        .text(index == 0 ? " (" : " "), .string(Array(entry.field.utf8)), .text(" "),
        .string(Array(entry.value.utf8)),
      ]
    }
    return Command("ID", pieces + [.text(")")])
  }

  /// ENABLE (RFC 5161).
  package static func enable(_ capabilities: [String]) -> Command {
    Command("ENABLE", [.text(" " + capabilities.joined(separator: " "))])
  }
}
