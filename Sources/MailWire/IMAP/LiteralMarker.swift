// mailmove: telling the announcement of a literal.
// SPDX-License-Identifier: Apache-2.0

/// `{n}` at the end of a line, where a literal can stand (RFC 9051, 4.3).
struct LiteralMarker: Equatable {
  /// Where it stands in the text, with a leading `~` (RFC 3516).
  let range: Range<Int>
  /// In octets.
  let size: Int

  /// The marker at the end of `text`, whose last line begins at `lineStart`; nil if there is none.
  ///
  /// Text for people never announces a literal, nor does a brace inside a quoted string or a word.
  static func find(in text: [UInt8], from lineStart: Int) throws(FramingError) -> LiteralMarker? {
    guard text.count > lineStart, text[text.count - 1] == UInt8(ascii: "}"),
      let open = text[lineStart...].suffix(digitsMax + 3).lastIndex(of: UInt8(ascii: "{")),
      let start = tokenStart(of: open, in: text, from: lineStart),
      lineStart > 0 || !isForPeople(text), !isQuoted(open, in: text, from: lineStart)
    else { return nil }
    var digits = text[(open + 1)..<(text.count - 1)]
    if digits.last == UInt8(ascii: "+") { digits.removeLast() }
    guard !digits.isEmpty, digits.count <= digitsMax else { throw .literalLengthInvalid }
    var size = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else {
        throw .literalLengthInvalid
      }
      size = size * 10 + Int(digit - UInt8(ascii: "0"))
    }
    guard size <= Limits.skippedLiteralBytesMax else { throw .literalTooLarge(size) }
    return LiteralMarker(range: start..<text.count, size: size)
  }

  /// Whether a parenthesis is still open at the end of a response's text.
  static func hasOpenParenthesis(_ text: [UInt8]) -> Bool {
    var depth = 0
    scan(text, from: 0) { byte, _, isQuoted in
      guard !isQuoted else { return }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")"), depth > 0 { depth -= 1 }
    }
    return depth > 0
  }

  private static let digitsMax = 18

  /// Where the marker begins; nil if its brace is the middle of a word.
  private static func tokenStart(of open: Int, in text: [UInt8], from lineStart: Int) -> Int? {
    var start = open
    if start > lineStart, text[start - 1] == UInt8(ascii: "~") { start -= 1 }
    guard start > lineStart else { return start }
    switch text[start - 1] {
    case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: "]"), UInt8(ascii: ">"): return start
    default: return nil
    }
  }

  /// Tagged responses, continuations and untagged status responses end in text for people.
  private static func isForPeople(_ text: [UInt8]) -> Bool {
    let line = text.drop { $0 == UInt8(ascii: " ") }
    guard line.first == UInt8(ascii: "*") else { return true }
    let rest = line.dropFirst().drop { $0 == UInt8(ascii: " ") }
    let word = rest.prefix { $0 != UInt8(ascii: " ") }
    return rest.first == UInt8(ascii: "[")
      || StatusResponse.Kind(rawValue: String(decoding: word, as: UTF8.self).uppercased()) != nil
  }

  private static func isQuoted(_ index: Int, in text: [UInt8], from lineStart: Int) -> Bool {
    var answer = false
    scan(text, from: lineStart) { _, at, isQuoted in if at == index { answer = isQuoted } }
    return answer
  }

  /// Walks over text and tells for every byte whether it stands in a quoted string.
  private static func scan(
    _ text: [UInt8], from start: Int,
    _ body: (_ byte: UInt8, _ index: Int, _ isQuoted: Bool) -> Void
  ) {
    var isQuoted = false
    var index = start
    while index < text.count {
      let byte = text[index]
      body(byte, index, isQuoted)
      if isQuoted, byte == UInt8(ascii: "\\"), index + 1 < text.count {
        index += 1
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = isQuoted ? !QuotedString.closes(at: index, in: text) : opens(index, text, start)
      }
      index += 1
    }
  }

  private static func opens(_ index: Int, _ text: [UInt8], _ start: Int) -> Bool {
    guard index > start else { return true }
    switch text[index - 1] {
    case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: "["): return true
    default: return false
    }
  }
}

/// Where quoted strings end, on servers that forget to escape.
enum QuotedString {
  /// Whether the quote at `index` is followed by what can follow a string; else it is a character
  /// of the string that should have been escaped.
  static func closes(at index: Int, in text: [UInt8]) -> Bool {
    guard index + 1 < text.count else { return true }
    switch text[index + 1] {
    case UInt8(ascii: " "), UInt8(ascii: ")"), UInt8(ascii: "]"), 0x09: return true
    default: return false
    }
  }
}
