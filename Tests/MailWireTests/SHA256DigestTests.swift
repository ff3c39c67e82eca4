// mailmove: tests of SHA-256.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite("A SHA-256 digest")
struct SHA256DigestTests {
  /// FIPS 180-2, B.1.
  private static let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  private static let digest = SHA256Digest(of: Array("abc".utf8))

  @Test("is the one of the standard, in every form it has")
  func isKnown() {
    #expect(Self.digest.description == Self.text)
    var appended = Array(">".utf8)
    Self.digest.append(to: &appended)
    #expect(appended == Array((">" + Self.text).utf8))
    #expect(Self.digest.bytes.prefix(3) == [0xBA, 0x78, 0x16] && Self.digest.bytes.last == 0xAD)
    #expect(Self.digest.leadingBits == 0xBA78_16BF_8F01_CFEA)
  }

  @Test("comes back from its bytes and from its digits")
  func comesBack() {
    #expect(SHA256Digest(bytes: Self.digest.bytes) == Self.digest)
    #expect(SHA256Digest(hexadecimal: Self.text.utf8) == Self.digest)
  }

  @Test(
    "is not read from anything else",
    arguments: ["", String(text.dropLast()), text + "0", text.uppercased(), "g" + text.dropFirst()])
  func isNotRead(text: String) {
    #expect(SHA256Digest(hexadecimal: text.utf8) == nil)
    #expect(SHA256Digest(bytes: Array(text.utf8.prefix(31))) == nil)
  }

  @Test("is another one if any byte is", arguments: 0..<32)
  func differs(place: Int) {
    var bytes = Self.digest.bytes
    bytes[place] ^= 1
    let other = SHA256Digest(bytes: bytes)
    #expect(other != Self.digest && other?.bytes == bytes)
  }
}
