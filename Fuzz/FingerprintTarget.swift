// mailmove: fuzzing the fingerprint of a header.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// The fingerprint of a message is that of the header fields which servers hand out for it.
enum FingerprintTarget {
  static func run(_ input: FuzzInput) {
    var input = input
    let shape = input.choice(4)
    let message = message(shape, input.bytes)
    let whole = Fingerprint(of: message)
    let fields = Fingerprint.fields
    let header = Array(message[..<HeaderFields(message).bodyOffset])
    Finding.unless(Fingerprint(of: header) == whole, "the header alone has another fingerprint")
    let dovecot = ServedHeader.storedByDovecot(message)
    if ServedHeader.endsAlikeAtDovecot(message) {
      Finding.unless(
        Fingerprint(of: ServedHeader.ofDovecot(dovecot, fields)) == whole,
        "Dovecot's fields have another fingerprint")
      Finding.unless(Fingerprint(of: dovecot) == whole, "Dovecot's copy has another fingerprint")
    }
    if ServedHeader.readsAlikeAtCyrus(message, fields) {
      let cyrus = ServedHeader.storedByCyrus(message)
      Finding.unless(
        Fingerprint(of: ServedHeader.ofCyrus(cyrus, fields)) == whole,
        "Cyrus' fields have another fingerprint")
      Finding.unless(Fingerprint(of: cyrus) == whole, "Cyrus' copy has another fingerprint")
    }
  }

  /// The input as it is, with CRLF for LF, below a field, or below a header of a thousand fields.
  private static func message(_ shape: Int, _ input: [UInt8]) -> [UInt8] {
    let lines = input.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    switch shape {
    case 0: return input
    case 1: return lines
    case 2: return Array("Subject: one\r\n".utf8) + lines
    default:
      return Array(String(repeating: "X-A: b\r\n", count: 1_000).utf8) + lines
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FingerprintTarget.run(FuzzInput(start, count))
  return 0
}
