// mailmove: a cursor over one response.
// SPDX-License-Identifier: Apache-2.0

/// A cursor over the text of one response; every step is bounded and none can fail for good.
struct Scanner {
  /// `nstring` (RFC 9051, 9).
  enum Value: Equatable {
    case bytes([UInt8])
    case none
    case oversize(Int)
  }

  let text: [UInt8]
  private let literals: [Frame.Literal]
  var position = 0
  private var nextLiteral = 0
  private var isUnclosed = false

  init(_ frame: Frame) {
    text = frame.text
    literals = frame.literals
  }

  var peek: UInt8? { position < text.count ? text[position] : nil }
  var isAtEnd: Bool { position >= text.count }
  /// What has not been read yet.
  var rest: ArraySlice<UInt8> { text[min(position, text.count)...] }

  mutating func skipSpaces() {
    while position < text.count, text[position] == UInt8(ascii: " ") || text[position] == 0x09 {
      position += 1
    }
  }

  /// Steps over `byte` if it comes next.
  mutating func accept(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  /// A word: everything up to a space or a parenthesis; may be empty.
  mutating func word() -> Range<Int> {
    let start = position
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), 0x09:
        return start..<position
      default: position += 1
      }
    }
    return start..<position
  }

  /// A word as text in upper case, after spaces.
  mutating func name() -> String {
    skipSpaces()
    return string(word()).uppercased()
  }

  func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  /// Whether the bytes in `range` are `name`, in any case; `name` is in lower case.
  @inline(__always)
  func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
    range.count == name.utf8CodeUnitCount && isAlike(range, name)
  }

  private func isAlike(_ range: Range<Int>, _ name: StaticString) -> Bool {
    text.withUnsafeBytes { text in
      let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
      let bytes = UnsafeRawBufferPointer(rebasing: text[range])
      guard name.count >= 8 else {
        return name.indices.allSatisfy { bytes[$0] | 0x20 == name[$0] }
      }
      // Eight bytes at a time; the last eight may overlap those before them.
      return stride(from: 0, to: name.count, by: 8).allSatisfy {
        let start = min($0, name.count - 8)
        return bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self) | 0x2020_2020_2020_2020
          == name.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      }
    }
  }

  /// A quoted string at the cursor, without its quotes and escapes; nil if it has no end.
  ///
  /// A quote inside it that should have been escaped belongs to the string.
  mutating func quoted() -> [UInt8]? {
    var bytes: [UInt8] = []
    var firstQuote: (position: Int, count: Int)?
    var index = position + 1
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "\\"), index + 1 < text.count,
        text[index + 1] == UInt8(ascii: "\\") || text[index + 1] == UInt8(ascii: "\"")
      {
        bytes.append(text[index + 1])
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\"") {
        if isUnclosed || QuotedString.closes(at: index, in: text) {
          position = index + 1
          return bytes
        }
        firstQuote = firstQuote ?? (index + 1, bytes.count)
      }
      bytes.append(byte)
      index += 1
    }
    isUnclosed = true
    guard let firstQuote else { return nil }
    position = firstQuote.position
    return Array(bytes.prefix(firstQuote.count))
  }

  /// The literal whose marker is at the cursor; the cursor moves behind it.
  mutating func literal() -> Frame.Literal.Content? {
    while nextLiteral < literals.count, literals[nextLiteral].marker.lowerBound < position {
      nextLiteral += 1
    }
    guard nextLiteral < literals.count, literals[nextLiteral].marker.lowerBound == position
    else { return nil }
    position = literals[nextLiteral].marker.upperBound
    return literals[nextLiteral].content
  }

  /// A literal, a quoted string or `NIL`, after spaces; nil if something else stands there.
  mutating func value() -> Value? {
    skipSpaces()
    switch peek {
    case UInt8(ascii: "\""): return quoted().map(Value.bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "~"):
      switch literal() {
      case .bytes(let bytes): return .bytes(bytes)
      case .oversize(let size): return .oversize(size)
      case nil: return nil
      }
    case UInt8(ascii: "N"), UInt8(ascii: "n"):
      let start = position
      if matches(word(), "nil") { return Value.none }
      position = start
      return nil
    default: return nil
    }
  }

  /// A string or a word, after spaces: `astring` read with good will; nil at the end, at a
  /// parenthesis and for what is too large to be held.
  mutating func looseString() -> [UInt8]? {
    switch value() {
    case .bytes(let bytes): return bytes
    case .oversize: return nil
    case Value.none?: return Array("NIL".utf8)
    case nil:
      let range = word()
      return range.isEmpty ? nil : Array(text[range])
    }
  }

  /// Steps over one value, with everything inside it if it is a list. Stops at `)` and at the end.
  mutating func skipValue() {
    var depth = 0
    repeat {
      skipSpaces()
      switch peek {
      case nil: return
      case UInt8(ascii: "("):
        depth += 1
        position += 1
      case UInt8(ascii: ")"):
        if depth == 0 { return }
        depth -= 1
        position += 1
      case UInt8(ascii: "\""):
        if quoted() == nil { position += 1 }
      default:
        if literal() == nil { _ = word() }
      }
    } while depth > 0
  }

  /// Reads a parenthesised list, calling `item` at every element; false if there is no list here.
  ///
  /// An item that is not read is skipped.
  mutating func list(_ item: (inout Scanner) -> Void) -> Bool {
    skipSpaces()
    guard accept(UInt8(ascii: "(")) else { return false }
    while true {
      skipSpaces()
      guard !isAtEnd, !accept(UInt8(ascii: ")")) else { return true }
      let before = position
      item(&self)
      if position == before { skipValue() }
      if position == before { position += 1 }
    }
  }

  /// The words of a list; `NIL` in place of the list is an empty one, and in it a word like any
  /// other: a keyword may be called that. Quotes around a word are removed.
  mutating func words() -> [[UInt8]]? {
    var found: [[UInt8]] = []
    let isList = list { scanner in
      scanner.skipSpaces()
      let start = scanner.position
      switch scanner.value() {
      case .bytes(let bytes): found.append(bytes)
      case Value.none?: found.append(Array(scanner.text[start..<scanner.position]))
      case .oversize: break
      case nil:
        let range = scanner.word()
        if !range.isEmpty { found.append(Array(scanner.text[range])) }
      }
    }
    if isList { return found }
    return value() == Value.none ? [] : nil
  }
}
