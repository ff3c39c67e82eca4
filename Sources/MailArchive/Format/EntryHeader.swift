// mailmove: the lines that an entry puts before a message.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// What the archive says about a message in the text itself, so that segments alone are enough.
///
/// In mbox these lines are header fields of the message, understood by mail programs (`Status`) or
/// passed over. `lines=` counts them, so they can be taken away exactly, whatever the message has.
package struct EntryHeader: Sendable, Equatable {
  package var digest: SHA256Digest
  /// Bytes of the message.
  package var size: Int
  var lineEnds: EntryBody.LineEnds
  package var date: InternalDate
  package var source: ArchiveEntry.Source
  package var flags: FlagSet

  private static let version = "1"
  private static let otherStatus: [(flag: SystemFlags, letter: UInt8)] = [
    (.answered, UInt8(ascii: "A")), (.flagged, UInt8(ascii: "F")), (.draft, UInt8(ascii: "T")),
    (.deleted, UInt8(ascii: "D")),
  ]
  private static let sourceField = Array("X-Mailmove-Source: ".utf8)
  private static let statusField = Array("Status: ".utf8)
  private static let otherStatusField = Array("X-Status: ".utf8)
  private static let keywordsField = Array("X-Keywords: ".utf8)

  /// The `From ` line and the others, each with its LF.
  func rendered(sender: [UInt8]) -> [UInt8] {
    let lines =
      [
        Self.sourceField + PercentText.encoded(source.account, escapesBlanks: true) + [0x20]
          + PercentText.encoded(source.folder, escapesBlanks: false)
      ] + Self.flagLines(flags)
    let facts =
      "X-Mailmove: \(Self.version) lines=\(lines.count + 1) sha256=\(digest) size=\(size)"
      + " eol=\(lineEnds.rawValue) idate=\(DateText.rfc3339(date))"
    return ([Self.envelope(sender: sender, date), Array(facts.utf8)] + lines)
      .flatMap { $0 + [0x0A] }
  }

  /// The line that begins a message in an mbox (RFC 4155), without its LF.
  static func envelope(sender: [UInt8], _ date: InternalDate) -> [UInt8] {
    Array("From ".utf8) + sender + Array(" \(DateText.asctime(date))".utf8)
  }

  /// The header fields in which mail programs keep flags in an mbox, without their LF.
  static func flagLines(_ flags: FlagSet) -> [[UInt8]] {
    var lines = [statusField + Array((flags.system.contains(.seen) ? "RO" : "O").utf8)]
    let letters = otherStatus.filter { flags.system.contains($0.flag) }.map(\.letter)
    if !letters.isEmpty { lines.append(otherStatusField + letters) }
    let keywords = flags.keywords.filter { !$0.name.isEmpty }
    if !keywords.isEmpty {
      let names = keywords.map { PercentText.encoded($0.name, escapesBlanks: true) }
      lines.append(keywordsField + names.joined(separator: [0x20]))
    }
    return lines
  }

  /// Reads the lines of an entry.
  ///
  /// A damaged `X-Mailmove-Source` or `Status` does not make the message unreadable; then it has no
  /// source or no flags.
  ///
  /// - Returns: the header, and the index of the first byte behind it.
  package static func read(
    _ text: ArraySlice<UInt8>
  ) throws(ArchiveEntry.Failure) -> (header: EntryHeader, bodyStart: Int) {
    var rest = text
    guard rest.starts(with: Array("From ".utf8)), takeLine(&rest) != nil,
      let facts = takeLine(&rest)
    else { throw .foreign }
    let words = facts.split(separator: 0x20)
    guard words.count > 1, words[0].elementsEqual("X-Mailmove:".utf8) else { throw .foreign }
    guard words[1].elementsEqual(version.utf8) else { throw .unknownVersion }
    var values: [String: ArraySlice<UInt8>] = [:]
    for word in words.dropFirst(2) {
      guard let sign = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
      values[String(decoding: word[..<sign], as: UTF8.self)] = word[(sign + 1)...]
    }
    guard let lineCount = values["lines"].flatMap(number), lineCount > 0,
      let size = values["size"].flatMap(number), let digest = values["sha256"].flatMap(digest),
      let lineEnds = values["eol"].flatMap({ EntryBody.LineEnds(text: $0) }),
      let date = values["idate"].flatMap({ DateText.date(rfc3339: $0) })
    else { throw .malformed }
    var header = EntryHeader(
      digest: digest, size: size, lineEnds: lineEnds, date: date,
      source: ArchiveEntry.Source(account: "", folder: ""), flags: .none)
    for _ in 1..<lineCount {
      guard let line = takeLine(&rest) else { throw .malformed }
      header.take(line)
    }
    return (header, rest.startIndex)
  }

  /// Takes over what a line after the first says; unknown ones say nothing.
  private mutating func take(_ line: ArraySlice<UInt8>) {
    if let value = line.value(of: Self.sourceField) {
      let blank = value.firstIndex(of: 0x20) ?? value.endIndex
      source = ArchiveEntry.Source(
        account: PercentText.decoded(value[..<blank]),
        folder: PercentText.decoded(value[blank...].dropFirst()))
    } else if let value = line.value(of: Self.statusField) {
      if value.contains(UInt8(ascii: "R")) { flags = flags.union(FlagSet(system: .seen)) }
    } else if let value = line.value(of: Self.otherStatusField) {
      let found = Self.otherStatus.filter { value.contains($0.letter) }.map(\.flag)
      flags = flags.union(FlagSet(system: SystemFlags(found)))
    } else if let value = line.value(of: Self.keywordsField) {
      let names = value.split(separator: 0x20).map { PercentText.decoded($0) }
      flags = flags.union(FlagSet(keywords: names.map { Keyword($0) }))
    }
  }

  /// Takes a line without its LF; nil if there is no LF.
  private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }

  private static func number(_ text: ArraySlice<UInt8>) -> Int? {
    guard (1...15).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func digest(_ text: ArraySlice<UInt8>) -> SHA256Digest? {
    SHA256Digest(hexadecimal: text)
  }
}

extension EntryBody.LineEnds {
  fileprivate init?(text: ArraySlice<UInt8>) {
    self.init(rawValue: String(decoding: text, as: UTF8.self))
  }
}

extension ArraySlice<UInt8> {
  /// What follows the name of a field, if the line begins with it.
  fileprivate func value(of field: [UInt8]) -> ArraySlice<UInt8>? {
    starts(with: field) ? dropFirst(field.count) : nil
  }
}
