// mailmove: status responses and their codes.
// SPDX-License-Identifier: Apache-2.0

/// Reads `resp-text` (RFC 9051, 9): a code in brackets, if there is one, and text for people.
enum StatusParser {
  static func status(
    _ kind: StatusResponse.Kind, _ scanner: inout Scanner
  ) -> StatusResponse {
    scanner.skipSpaces()
    guard scanner.peek == UInt8(ascii: "[") else {
      return StatusResponse(kind: kind, text: text(scanner.rest))
    }
    let end = codeEnd(scanner)
    let inside = scanner.text[(scanner.position + 1)..<end]
    let after = scanner.text[min(end + 1, scanner.text.count)...]
    return StatusResponse(kind: kind, code: code(Array(inside)), text: text(after))
  }

  /// Words in upper or lower case, as in CAPABILITY.
  static func atoms(_ bytes: some Sequence<UInt8>) -> [String] {
    bytes.split { $0 == UInt8(ascii: " ") || $0 == 0x09 }
      .map { String(decoding: Array($0), as: UTF8.self) }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    VisibleText.of(String(decoding: bytes.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
  }

  /// Where the bracket closes: flags may have brackets in them, so those in lists do not count.
  private static func codeEnd(_ scanner: Scanner) -> Int {
    var depth = 0
    var isQuoted = false
    for index in (scanner.position + 1)..<max(scanner.position + 1, scanner.text.count) {
      switch scanner.text[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "(") where !isQuoted: depth += 1
      case UInt8(ascii: ")") where !isQuoted: depth -= 1
      case UInt8(ascii: "]") where !isQuoted && depth <= 0: return index
      default: continue
      }
    }
    return scanner.rest.firstIndex(of: UInt8(ascii: "]")) ?? scanner.text.count
  }

  private static func code(_ bytes: [UInt8]) -> ResponseCode {
    var scanner = Scanner(Frame(text: bytes))
    let name = scanner.name()
    scanner.skipSpaces()
    let argument = scanner.rest
    return plain(name) ?? withArgument(name, scanner)
      ?? .other(name: VisibleText.of(name), argument: text(argument))
  }

  private static func plain(_ name: String) -> ResponseCode? {
    switch name {
    case "ALERT": .alert
    case "ALREADYEXISTS": .alreadyExists
    case "AUTHENTICATIONFAILED": .authenticationFailed
    case "AUTHORIZATIONFAILED": .authorizationFailed
    case "BADCHARSET": .badCharset
    case "CANNOT": .cannot
    case "CLIENTBUG": .clientBug
    case "CLOSED": .closed
    case "CONTACTADMIN": .contactAdmin
    case "CORRUPTION": .corruption
    case "EXPIRED": .expired
    case "EXPUNGEISSUED": .expungeIssued
    case "HASCHILDREN": .hasChildren
    case "INUSE": .inUse
    case "LIMIT": .limit
    case "NOMODSEQ": .noModSeq
    case "NONEXISTENT": .nonexistent
    case "NOPERM": .noPerm
    case "OVERQUOTA": .overQuota
    case "PARSE": .parse
    case "PRIVACYREQUIRED": .privacyRequired
    case "READ-ONLY": .readOnly
    case "READ-WRITE": .readWrite
    case "SERVERBUG": .serverBug
    case "THROTTLED": .throttled
    case "TOOBIG": .tooBig
    case "TRYCREATE": .tryCreate
    case "UIDNOTSTICKY": .uidNotSticky
    case "UNAVAILABLE": .unavailable
    case "UNKNOWN-CTE": .unknownCTE
    case "USEATTR": .useAttr
    default: nil
    }
  }

  private static func withArgument(_ name: String, _ scanner: Scanner) -> ResponseCode? {
    var scanner = scanner
    switch name {
    case "APPENDUID": return appendUID(&scanner)
    case "CAPABILITY": return .capability(CapabilitySet(atoms(scanner.rest)))
    case "HIGHESTMODSEQ": return scanner.positiveNumber().map(ResponseCode.highestModSeq)
    case "MAILBOXID":
      return scanner.words()?.first.map { .mailboxID(String(decoding: $0, as: UTF8.self)) }
    case "MESSAGELIMIT":
      return scanner.positiveNumber().map { .messageLimit($0, lowest: scanner.uid()) }
    case "PERMANENTFLAGS":
      return scanner.words().map { .permanentFlags(PermanentFlags(wire: $0)) }
    case "UIDNEXT": return scanner.uid().map(ResponseCode.uidNext)
    case "UIDVALIDITY": return scanner.digits().map { .uidValidity(UIDValidity($0)) }
    default: return nil
    }
  }

  private static func appendUID(_ scanner: inout Scanner) -> ResponseCode? {
    guard let validity = scanner.digits(), let ranges = scanner.uidRanges() else { return nil }
    var count = 0
    for range in ranges {
      count += Int(range.upperBound - range.lowerBound) + 1
      guard count <= Limits.expandedUIDsMax else { return nil }
    }
    return .appendUID(UIDValidity(validity), ranges.flatMap { $0.map { UID($0) } })
  }
}
