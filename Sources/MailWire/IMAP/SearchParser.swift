// mailmove: sets of UIDs that servers send.
// SPDX-License-Identifier: Apache-2.0

/// Reads SEARCH, ESEARCH and VANISHED (RFC 9051, 7.3.4; RFC 4731; RFC 7162, 3.2.10).
enum SearchParser {
  static func search(_ scanner: inout Scanner) -> Response {
    var uids: [UID] = []
    scanner.skipSpaces()
    while let byte = scanner.peek, byte != UInt8(ascii: "(") {
      if let uid = scanner.uid() { uids.append(uid) }
      _ = scanner.word()
      scanner.skipSpaces()
      if scanner.accept(UInt8(ascii: ")")) { scanner.skipSpaces() }
    }
    return .search(uids)
  }

  static func extendedSearch(_ scanner: inout Scanner) -> Response {
    var result = ESearchResult()
    _ = scanner.list { inner in
      guard inner.name() == "TAG" else { return inner.skipValue() }
      result.tag = inner.looseString().map { String(decoding: $0, as: UTF8.self) }
    }
    while true {
      scanner.skipSpaces()
      guard !scanner.isAtEnd else { return .esearch(result) }
      let before = scanner.position
      switch scanner.name() {
      case "UID": result.isUID = true
      case "ALL": result.all = scanner.uidRanges().map { UIDSet(ranges: $0) }
      case "COUNT": result.count = scanner.number().flatMap { $0 >= 0 ? $0 : nil }
      case "MIN": result.min = scanner.uid()
      case "MAX": result.max = scanner.uid()
      default: scanner.skipValue()
      }
      if scanner.position == before { scanner.position += 1 }
    }
  }

  static func vanished(_ scanner: inout Scanner) -> Response? {
    scanner.skipSpaces()
    let words = scanner.words() ?? []
    let earlier = words.contains {
      String(decoding: $0, as: UTF8.self).uppercased() == "EARLIER"
    }
    return scanner.uidRanges().map { .vanished(UIDSet(ranges: $0), earlier: earlier) }
  }
}
