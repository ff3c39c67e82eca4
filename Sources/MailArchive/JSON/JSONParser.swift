// mailmove: reading JSON.
// SPDX-License-Identifier: Apache-2.0

/// The text is not JSON, or nested deeper than anybody needs.
package struct JSONFault: Error, Equatable {
  /// Bytes from the beginning of the text.
  package let offset: Int
}

/// Reads one JSON value (RFC 8259) from bytes that may be anything.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  private static let depthMax = 32

  /// Reads a text that is one object, with nothing but blanks around it.
  static func object(_ text: ArraySlice<UInt8>) throws(JSONFault) -> JSONObject {
    let result = text.withUnsafeBufferPointer { buffer -> Result<JSONObject, JSONFault> in
      var parser = JSONParser(bytes: buffer)
      do throws(JSONFault) {
        guard case .object(let object) = try parser.value(depth: 0) else { throw parser.fault }
        parser.skipBlanks()
        guard parser.position == buffer.count else { throw parser.fault }
        return .success(object)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private var fault: JSONFault { JSONFault(offset: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    guard depth < Self.depthMax else { throw fault }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some, .none: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFault)
    -> JSONValue
  {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count,
      (0..<count).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw fault }
    position += count
    return value
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
    position += 1
    var members: [JSONObject.Member] = []
    skipBlanks()
    if accept("}") { return JSONObject() }
    repeat {
      skipBlanks()
      let key = try string()
      skipBlanks()
      guard accept(":") else { throw fault }
      members.append(JSONObject.Member(key, try value(depth: depth + 1)))
      skipBlanks()
    } while accept(",")
    guard accept("}") else { throw fault }
    return JSONObject(members)
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
    position += 1
    var values: [JSONValue] = []
    skipBlanks()
    if accept("]") { return [] }
    repeat {
      values.append(try value(depth: depth + 1))
      skipBlanks()
    } while accept(",")
    guard accept("]") else { throw fault }
    return values
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = position
    if accept("-") {}
    let first = position
    var value: Int64 = 0
    var fits = true
    while let digit = next, (0x30...0x39).contains(digit) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = product.subtractingReportingOverflow(Int64(digit - 0x30))
      fits = fits && !overflow && !second
      value = sum
      position += 1
    }
    let digits = position - first
    guard digits > 0, digits == 1 || bytes[first] != 0x30 else { throw fault }
    var isInteger = true
    if accept(".") {
      isInteger = false
      try skipDigits()
    }
    if accept("e") || accept("E") {
      isInteger = false
      if !accept("+") { _ = accept("-") }
      try skipDigits()
    }
    // Counted downwards, since the lowest number has no positive twin.
    if isInteger, fits {
      if first > start { return .integer(value) }
      if value != .min { return .integer(-value) }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func skipDigits() throws(JSONFault) {
    let start = position
    while let digit = next, (0x30...0x39).contains(digit) { position += 1 }
    guard position > start else { throw fault }
  }

  private mutating func string() throws(JSONFault) -> String {
    guard accept("\"") else { throw fault }
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    guard next == UInt8(ascii: "\\") else {
      guard let text = String(validating: bytes[start..<position], as: UTF8.self), accept("\"")
      else { throw fault }
      return text
    }
    var content = Array(bytes[start..<position])
    while let byte = next, byte != UInt8(ascii: "\""), byte >= 0x20 {
      position += 1
      if byte == UInt8(ascii: "\\") {
        content.append(contentsOf: try escaped())
      } else {
        content.append(byte)
      }
    }
    guard let text = String(validating: content, as: UTF8.self), accept("\"") else { throw fault }
    return text
  }

  private mutating func escaped() throws(JSONFault) -> [UInt8] {
    guard let byte = next else { throw fault }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    default: throw fault
    }
  }

  /// What follows `\u`; half of a surrogate pair becomes U+FFFD.
  private mutating func scalar() throws(JSONFault) -> Character {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    let afterFirst = position
    if first < 0xDC00, accept("\\"), accept("u") {
      let second = try fourDigits()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return Character(scalar)
      }
    }
    position = afterFirst
    return "\u{FFFD}"
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
