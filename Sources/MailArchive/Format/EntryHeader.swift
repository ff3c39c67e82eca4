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
  private static let usualLength = 320
  private static let otherStatus: [(flag: SystemFlags, letter: UInt8)] = [
    (.answered, UInt8(ascii: "A")), (.flagged, UInt8(ascii: "F")), (.draft, UInt8(ascii: "T")),
    (.deleted, UInt8(ascii: "D")),
  ]
  private static let lineFeed: UInt8 = 0x0A
  private static let fromLine = Array("From ".utf8)
  private static let factsField = Array("X-Mailmove: ".utf8)
  private static let sourceField = Array("X-Mailmove-Source: ".utf8)
  private static let statusField = Array("Status: ".utf8)
  private static let otherStatusField = Array("X-Status: ".utf8)
  private static let keywordsField = Array("X-Keywords: ".utf8)

  /// The `From ` line and the others, each with its LF.
  func rendered(sender: [UInt8]) -> [UInt8] {
    let flagLines = Self.flagLines(flags)
    var text = Self.envelope(sender: sender, date)
    text.reserveCapacity(Self.usualLength)
    text.append(Self.lineFeed)
    text += Self.factsField
    text += "\(Self.version) lines=\(flagLines.count + 2) sha256=".utf8
    digest.append(to: &text)
    text += " size=\(size) eol=\(lineEnds.rawValue) idate=".utf8
    text += DateText.rfc3339(date)
    text.append(Self.lineFeed)
    text += Self.sourceField
    text += PercentText.encoded(source.account, escapesBlanks: true)
    text.append(0x20)
    text += PercentText.encoded(source.folder, escapesBlanks: false)
    text.append(Self.lineFeed)
    for line in flagLines {
      text += line
      text.append(Self.lineFeed)
    }
    return text
  }

  /// The line that begins a message in an mbox (RFC 4155), without its LF.
  static func envelope(sender: [UInt8], _ date: InternalDate) -> [UInt8] {
    fromLine + sender + [0x20] + DateText.asctime(date)
  }

  /// The header fields in which mail programs keep flags in an mbox, without their LF.
  static func flagLines(_ flags: FlagSet) -> [[UInt8]] {
    var lines = [statusField + (flags.system.contains(.seen) ? "RO" : "O").utf8]
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
    guard rest.starts(with: fromLine), takeLine(&rest) != nil,
      let facts = takeLine(&rest)
    else { throw .foreign }
    let words = facts.split(separator: 0x20)
    guard words.count > 1, words[0].elementsEqual("X-Mailmove:".utf8) else { throw .foreign }
    guard words[1].elementsEqual(version.utf8) else { throw .unknownVersion }
    // Of a name that comes twice the last one counts.
    func value(_ name: StaticString) -> ArraySlice<UInt8>? {
      words.dropFirst(2).last { $0.starts(with: UnsafeBufferPointer(name)) }?
        .dropFirst(name.utf8CodeUnitCount)
    }
    guard let lineCount = value("lines=").flatMap(number), lineCount > 0,
      let size = value("size=").flatMap(number), let digest = value("sha256=").flatMap(digest),
      let lineEnds = value("eol=").flatMap({ EntryBody.LineEnds(text: $0) }),
      let date = value("idate=").flatMap({ DateText.date(rfc3339: $0) })
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

extension UnsafeBufferPointer<UInt8> {
  /// The bytes of a name that is written here.
  fileprivate init(_ name: StaticString) {
    self.init(start: name.utf8Start, count: name.utf8CodeUnitCount)
  }
}

extension ArraySlice<UInt8> {
  /// What follows the name of a field, if the line begins with it.
  fileprivate func value(of field: [UInt8]) -> ArraySlice<UInt8>? {
    starts(with: field) ? dropFirst(field.count) : nil
  }
}
