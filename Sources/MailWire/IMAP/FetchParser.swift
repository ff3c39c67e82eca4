// mailmove: FETCH data.
// SPDX-License-Identifier: Apache-2.0

/// Reads the items of a FETCH or UIDFETCH response (RFC 9051, 7.5.2; RFC 9586).
enum FetchParser {
  /// Reads items into `data` until the list ends; what is not known is skipped.
  static func items(
    _ data: inout FetchData, _ scanner: inout Scanner, _ flagLists: inout FlagListCache
  ) {
    scanner.skipSpaces()
    guard scanner.accept(UInt8(ascii: "(")) else { return }
    while true {
      scanner.skipSpaces()
      guard !scanner.isAtEnd else {
        data.isBroken = true
        return
      }
      guard !scanner.accept(UInt8(ascii: ")")) else { return }
      let before = scanner.position
      item(&data, &scanner, &flagLists)
      if scanner.position == before { scanner.skipValue() }
    }
  }

  private static func item(
    _ data: inout FetchData, _ scanner: inout Scanner, _ flagLists: inout FlagListCache
  ) {
    let name = itemName(&scanner)
    guard !name.isEmpty else { return }
    if scanner.peek == UInt8(ascii: "[") {
      section(of: name, &data, &scanner)
    } else if scanner.matches(name, "uid") {
      let uid = scanner.uid()
      data.hasUnusableUID = data.hasUnusableUID || uid == nil
      data.uid = uid ?? data.uid
    } else if scanner.matches(name, "flags") {
      data.flags = flagLists.flags(&scanner)
    } else if scanner.matches(name, "internaldate") {
      internalDate(&data, &scanner)
    } else if scanner.matches(name, "rfc822.size") {
      data.size = scanner.number().flatMap { $0 >= 0 ? $0 : nil }
    } else if scanner.matches(name, "modseq") {
      data.modSeq = inParentheses(&scanner) { $0.positiveNumber() }
    } else if scanner.matches(name, "emailid") {
      data.emailID = inParentheses(&scanner) { $0.looseString() }
        .map { String(decoding: $0, as: UTF8.self) }
    } else if scanner.matches(name, "x-gm-labels") {
      data.gmailLabels = labels(&scanner) ?? data.gmailLabels
    } else {
      scanner.skipValue()
    }
  }

  /// A list of `astring`; a label may be called NIL.
  private static func labels(_ scanner: inout Scanner) -> [[UInt8]]? {
    var labels: [[UInt8]] = []
    let isList = scanner.list { inner in
      if let label = inner.looseString() { labels.append(label) }
    }
    if !isList { scanner.skipValue() }
    return isList ? labels : nil
  }

  private static func itemName(_ scanner: inout Scanner) -> Range<Int> {
    let start = scanner.position
    while let byte = scanner.peek {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
        UInt8(ascii: "{"), UInt8(ascii: "\""), 0x09:
        return start..<scanner.position
      default: scanner.position += 1
      }
    }
    return start..<scanner.position
  }

  /// `NAME[section]<origin> value`. Only what directly follows `BODY[]` is the body.
  private static func section(
    of name: Range<Int>, _ data: inout FetchData, _ scanner: inout Scanner
  ) {
    let start = scanner.position + 1
    var isQuoted = false
    while let byte = scanner.peek, isQuoted || byte != UInt8(ascii: "]") {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      scanner.position += 1
    }
    let section = start..<max(start, scanner.position)
    guard scanner.accept(UInt8(ascii: "]")) else { return }
    let isPartial = scanner.peek == UInt8(ascii: "<")
    if isPartial { _ = scanner.word() }
    guard scanner.matches(name, "body"), !isPartial else { return scanner.skipValue() }
    if section.isEmpty {
      body(&data, &scanner)
    } else if scanner.matches(section.prefix(6), "header") {
      if case .bytes(let bytes) = scanner.value() { data.header = data.header ?? bytes }
    } else {
      scanner.skipValue()
    }
  }

  private static func body(_ data: inout FetchData, _ scanner: inout Scanner) {
    scanner.skipSpaces()
    let isQuotedString = scanner.peek == UInt8(ascii: "\"")
    let start = scanner.position
    guard let value = scanner.value() else { return }
    if isQuotedString, scanner.hasBareQuote(in: start..<scanner.position) { return }
    guard data.body == nil else { return }
    if let next = scanner.peek, !isSeparator(next) { data.isBroken = true }
    switch value {
    case .bytes(let bytes): data.body = .bytes(bytes)
    case .none: data.body = .absent
    case .oversize(let size): data.body = .oversize(octets: size)
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ")") || byte == 0x09
  }

  private static func internalDate(_ data: inout FetchData, _ scanner: inout Scanner) {
    scanner.skipSpaces()
    let start = scanner.position + 1
    let end = start + 26
    if end < scanner.text.count, scanner.text[start - 1] == UInt8(ascii: "\""),
      scanner.text[end] == UInt8(ascii: "\""),
      let date = InternalDate(wire: scanner.text[start..<end])
    {
      scanner.position = end + 1
      data.internalDate = date
      return
    }
    guard case .bytes(let bytes) = scanner.value() else { return }
    data.internalDate = InternalDate(wire: bytes)
    if data.internalDate == nil {
      data.internalDateText = VisibleText.of(String(decoding: bytes.prefix(64), as: UTF8.self))
    }
  }

  /// A value that stands alone in parentheses, which some servers leave out.
  private static func inParentheses<Value>(
    _ scanner: inout Scanner, _ read: (inout Scanner) -> Value?
  ) -> Value? {
    var value: Value?
    let isList = scanner.list { inner in
      if let found = read(&inner) { value = value ?? found }
    }
    return isList ? value : read(&scanner)
  }
}

extension Scanner {
  /// Whether a quoted string in `range` holds a quote that is not escaped.
  fileprivate func hasBareQuote(in range: Range<Int>) -> Bool {
    var index = range.lowerBound + 1
    while index < range.upperBound - 1 {
      if text[index] == UInt8(ascii: "\"") { return true }
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return false
  }
}
