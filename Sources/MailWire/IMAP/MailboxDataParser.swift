// mailmove: what servers say about mailboxes.
// SPDX-License-Identifier: Apache-2.0

/// Reads LIST, STATUS, NAMESPACE, QUOTA and ID data (RFC 9051, 7.3; RFC 9208; RFC 2971).
enum MailboxDataParser {
  static func list(_ scanner: inout Scanner) -> ListRow? {
    guard let attributes = scanner.words() else { return nil }
    let delimiter = delimiter(&scanner)
    guard let name = trailingName(&scanner) else { return nil }
    var texts = attributes.map { String(decoding: $0, as: UTF8.self) }
    if hasSubscribedChildren(&scanner) { texts.append("CHILDINFO") }
    return ListRow(name: MailboxName(name), delimiter: delimiter, attributes: texts)
  }

  static func status(_ scanner: inout Scanner) -> Response? {
    guard let name = statusName(&scanner) else { return nil }
    var status = MailboxStatus()
    _ = scanner.list { item($0.name(), &$0, into: &status) }
    return .status(MailboxName(name), status)
  }

  static func namespaces(_ scanner: inout Scanner) -> Response? {
    var lists: [[Namespaces.Entry]] = []
    for _ in 0..<3 {
      var entries: [Namespaces.Entry] = []
      let isList = scanner.list { outer in
        var entry: Namespaces.Entry?
        _ = outer.list { inner in
          guard entry == nil, let prefix = inner.looseString() else { return inner.skipValue() }
          entry = Namespaces.Entry(prefix: prefix, delimiter: delimiter(&inner))
        }
        if let entry { entries.append(entry) }
      }
      guard isList || scanner.value() == Scanner.Value.none || scanner.isAtEnd else { return nil }
      lists.append(entries)
    }
    return .namespace(Namespaces(personal: lists[0], otherUsers: lists[1], shared: lists[2]))
  }

  static func quotaRoot(_ scanner: inout Scanner) -> Response? {
    guard let name = scanner.looseString() else { return nil }
    var roots: [[UInt8]] = []
    while let root = scanner.looseString() { roots.append(root) }
    return .quotaRoot(MailboxName(name), roots: roots)
  }

  static func quota(_ scanner: inout Scanner) -> Response? {
    scanner.skipSpaces()
    let root = scanner.looseString() ?? []
    var resources: [QuotaResource] = []
    let isList = scanner.list { inner in
      let name = inner.name()
      guard let usage = inner.number(), let limit = inner.number() else { return }
      resources.append(QuotaResource(name: name, usage: usage, limit: limit))
    }
    return isList ? .quota(root: root, resources) : nil
  }

  static func id(_ scanner: inout Scanner) -> Response? {
    var fields: [String: String] = [:]
    let isList = scanner.list { inner in
      guard let key = inner.looseString() else { return }
      guard case .bytes(let value) = inner.value() else { return }
      fields[String(decoding: key, as: UTF8.self).lowercased()] =
        VisibleText.of(String(decoding: value, as: UTF8.self))
    }
    return isList || scanner.value() == Scanner.Value.none ? .id(fields) : nil
  }

  /// A quoted character or NIL. A backslash that should have been doubled is understood.
  private static func delimiter(_ scanner: inout Scanner) -> UInt8? {
    scanner.skipSpaces()
    let rest = scanner.rest.prefix(4)
    if Array(rest) == Array("\"\\\" ".utf8) {
      scanner.position += 3
      return UInt8(ascii: "\\")
    }
    guard case .bytes(let bytes) = scanner.value() else { return nil }
    return bytes.first
  }

  /// The name at the end of a LIST row, where some servers neither quote nor escape.
  private static func trailingName(_ scanner: inout Scanner) -> [UInt8]? {
    scanner.skipSpaces()
    let start = scanner.position
    let isQuoted = scanner.peek == UInt8(ascii: "\"")
    let isLiteral = scanner.peek == UInt8(ascii: "{") || scanner.peek == UInt8(ascii: "~")
    guard let name = scanner.looseString() ?? parenthesised(&scanner) else { return nil }
    let end = scanner.position
    scanner.skipSpaces()
    if isLiteral || scanner.isAtEnd || scanner.peek == UInt8(ascii: "(") { return name }
    let line = trimmed(scanner.text[start...])
    scanner.position = scanner.text.count
    guard isQuoted else { return Array(line) }
    if line.last == UInt8(ascii: "\"") { return Array(line.dropFirst().dropLast()) }
    return scanner.text[end - 1] == UInt8(ascii: "\"") ? name : Array(line.dropFirst())
  }

  /// A bare name that begins with a parenthesis.
  private static func parenthesised(_ scanner: inout Scanner) -> [UInt8]? {
    let line = trimmed(scanner.rest)
    guard line.first == UInt8(ascii: "(") else { return nil }
    scanner.position = scanner.text.count
    return Array(line)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = bytes
    while line.last == UInt8(ascii: " ") { line.removeLast() }
    return line
  }

  /// Extended data (RFC 5258): only CHILDINFO with SUBSCRIBED matters.
  private static func hasSubscribedChildren(_ scanner: inout Scanner) -> Bool {
    var found = false
    _ = scanner.list { inner in
      let tag = inner.looseString() ?? []
      guard let values = inner.words() else { return inner.skipValue() }
      if String(decoding: tag, as: UTF8.self).uppercased() == "CHILDINFO" {
        found =
          found
          || values.contains { String(decoding: $0, as: UTF8.self).uppercased() == "SUBSCRIBED" }
      }
    }
    return found
  }

  /// A mailbox before the list of a STATUS response; a bare name may have spaces in it.
  private static func statusName(_ scanner: inout Scanner) -> [UInt8]? {
    scanner.skipSpaces()
    let start = scanner.position
    guard let name = scanner.looseString() else { return nil }
    scanner.skipSpaces()
    if scanner.isAtEnd || scanner.peek == UInt8(ascii: "(") { return name }
    guard let open = scanner.rest.lastIndex(of: UInt8(ascii: "(")) else { return nil }
    scanner.position = open
    return Array(trimmed(scanner.text[start..<open]))
  }

  private static func item(
    _ name: String, _ scanner: inout Scanner, into status: inout MailboxStatus
  ) {
    switch name {
    case "MESSAGES": status.messages = scanner.number().flatMap { $0 >= 0 ? $0 : nil }
    case "UIDNEXT": status.uidNext = scanner.uid()
    case "UIDVALIDITY":
      scanner.skipSpaces()
      status.uidValidity = scanner.digits().map { UIDValidity($0) }
    case "HIGHESTMODSEQ": status.highestModSeq = scanner.positiveNumber()
    case "SIZE": status.size = scanner.number().flatMap { $0 >= 0 ? $0 : nil }
    case "APPENDLIMIT":
      scanner.skipSpaces()
      if scanner.value() != Scanner.Value.none {
        status.appendLimit = scanner.number().flatMap { $0 >= 0 ? $0 : nil }
      }
    case "MAILBOXID":
      status.mailboxID = scanner.words()?.first.map { String(decoding: $0, as: UTF8.self) }
    default: scanner.skipValue()
    }
  }
}
