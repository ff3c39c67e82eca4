// mailmove: stands in for the codec of mailbox names until it is merged.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension ModifiedUTF7 {
  enum Quality { case exact, repaired }
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

  static func encode(_ text: String) -> [UInt8] {
    var out: [UInt8] = []
    var pending: [UInt16] = []
    func flush() {
      guard !pending.isEmpty else { return }
      out.append(0x26)
      var bits: UInt32 = 0
      var count = 0
      for unit in pending {
        bits = bits << 16 | UInt32(unit)
        count += 16
        while count >= 6 {
          count -= 6
          out.append(alphabet[Int(bits >> UInt32(count) & 63)])
        }
        bits &= (1 << UInt32(count)) - 1
      }
      if count > 0 { out.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
      out.append(0x2D)
      pending = []
    }
    for unit in text.utf16 {
      if unit >= 0x20, unit <= 0x7E {
        flush()
        out.append(UInt8(unit))
        if unit == 0x26 { out.append(0x2D) }
      } else {
        pending.append(unit)
      }
    }
    flush()
    return out
  }

  static func decode(_ bytes: some Collection<UInt8>) -> String? {
    var units: [UInt16] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      guard byte >= 0x20, byte <= 0x7E else { return nil }
      guard byte == 0x26 else {
        units.append(UInt16(byte))
        continue
      }
      var bits: UInt32 = 0
      var count = 0
      var isEmpty = true
      while true {
        guard let next = iterator.next() else { return nil }
        if next == 0x2D { break }
        guard let value = alphabet.firstIndex(of: next) else { return nil }
        isEmpty = false
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 16 {
          count -= 16
          units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
          bits &= (1 << UInt32(count)) - 1
        }
      }
      if isEmpty { units.append(0x26) }
    }
    let text = String(decoding: units, as: UTF16.self)
    return encode(text) == Array(bytes) ? text : nil
  }

  static func decodeTolerantly(_ bytes: [UInt8]) -> (text: String, quality: Quality) {
    if let text = decode(bytes) { return (text, .exact) }
    if let text = String(validating: bytes, as: UTF8.self) { return (text, .repaired) }
    return (String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })), .repaired)
  }
}
