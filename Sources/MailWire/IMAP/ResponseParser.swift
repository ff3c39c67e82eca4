// mailmove: from bytes to responses.
// SPDX-License-Identifier: Apache-2.0

/// A line that is no IMAP response at all: whoever is at the other end does not speak IMAP.
package struct ParseError: Error, Equatable, CustomStringConvertible {
  package init() {}

  package var description: String {
    "the server sent a line that is not IMAP; check host and port"
  }
}

/// Reads responses (RFC 9051, 9) with good will towards servers that bend the grammar.
///
/// What cannot be read in an untagged response costs the item or, at worst, that response, which is
/// then `unknown`. A value so that it can remember the flag lists of a connection.
package struct ResponseParser: Sendable {
  private var flagLists = FlagListCache()

  package init() {}

  /// From now on `NIL` among flags is no keyword: for servers that say it where there is nothing.
  package mutating func takeNILForNoKeyword() { flagLists.hasKeywordNIL = false }

  /// Reads one response; throws if it is none.
  package mutating func parse(_ frame: Frame) throws(ParseError) -> Response {
    var scanner = Scanner(frame)
    scanner.skipSpaces()
    if scanner.accept(UInt8(ascii: "+")) {
      _ = scanner.accept(UInt8(ascii: " "))
      return .continuation(text: Array(scanner.rest))
    }
    if scanner.accept(UInt8(ascii: "*")) { return untagged(&scanner) }
    let tag = scanner.string(scanner.word())
    guard !tag.isEmpty, let kind = StatusResponse.Kind(rawValue: scanner.name()),
      kind == .ok || kind == .no || kind == .bad
    else { throw ParseError() }
    return .tagged(tag: tag, StatusParser.status(kind, &scanner))
  }

  private mutating func untagged(_ scanner: inout Scanner) -> Response {
    scanner.skipSpaces()
    if let byte = scanner.peek, (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") {
      return numbered(&scanner)
    }
    if scanner.peek == UInt8(ascii: "[") {
      return .untagged(StatusParser.status(.ok, &scanner))
    }
    let name = scanner.name()
    if let kind = StatusResponse.Kind(rawValue: name) {
      return .untagged(StatusParser.status(kind, &scanner))
    }
    return Self.data(name, &scanner) ?? .unknown(name: VisibleText.of(name))
  }

  private mutating func numbered(_ scanner: inout Scanner) -> Response {
    let number = scanner.number()
    scanner.skipSpaces()
    let range = scanner.word()
    if scanner.matches(range, "fetch") {
      var data = FetchData(sequenceNumber: number ?? 0)
      FetchParser.items(&data, &scanner, &flagLists)
      return .fetch(data)
    }
    if scanner.matches(range, "uidfetch") {
      var data = FetchData(sequenceNumber: 0)
      data.uid = number.flatMap { UInt32(exactly: $0) }.flatMap { $0 > 0 ? UID($0) : nil }
      FetchParser.items(&data, &scanner, &flagLists)
      return .fetch(data)
    }
    let name = scanner.string(range).uppercased()
    switch (name, number) {
    case ("EXISTS", let number?): return .exists(number)
    case ("RECENT", let number?): return .recent(number)
    case ("EXPUNGE", let number?): return .expunge(number)
    default: return .unknown(name: VisibleText.of(name))
    }
  }

  private static func data(_ name: String, _ scanner: inout Scanner) -> Response? {
    switch name {
    case "CAPABILITY": return .capability(CapabilitySet(StatusParser.atoms(scanner.rest)))
    case "ENABLED": return .enabled(StatusParser.atoms(scanner.rest).map { $0.uppercased() })
    case "FLAGS":
      return scanner.words().map { .flags($0.map { String(decoding: $0, as: UTF8.self) }) }
    case "LIST", "LSUB", "XLIST": return MailboxDataParser.list(&scanner).map(Response.list)
    case "STATUS": return MailboxDataParser.status(&scanner)
    case "NAMESPACE": return MailboxDataParser.namespaces(&scanner)
    case "QUOTAROOT": return MailboxDataParser.quotaRoot(&scanner)
    case "QUOTA": return MailboxDataParser.quota(&scanner)
    case "ID": return MailboxDataParser.id(&scanner)
    case "SEARCH": return SearchParser.search(&scanner)
    case "ESEARCH": return SearchParser.extendedSearch(&scanner)
    case "VANISHED": return SearchParser.vanished(&scanner)
    default: return nil
    }
  }
}
