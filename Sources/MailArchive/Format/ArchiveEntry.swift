// mailmove: one message as the archive keeps it.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// A message with what the archive says about it: one message of an mboxrd file.
///
/// Any bytes are a message, also none. What comes back from `decode` is what went into `encoded`,
/// byte for byte.
package struct ArchiveEntry: Sendable, Equatable {
  /// Where a message was found first.
  package struct Source: Hashable, Sendable {
    /// The label of the account.
    package var account: String
    /// The name of the folder.
    package var folder: String

    package init(account: String, folder: String) {
      self.account = account
      self.folder = folder
    }
  }

  /// Why a text is no entry.
  package enum Failure: Error, Equatable {
    /// It does not begin as an entry does.
    case foreign
    /// An entry of a later version.
    case unknownVersion
    /// One of the lines before the message is damaged.
    case malformed
    /// The text ends before the message does.
    case torn
    /// The message has another SHA-256 than it should.
    case damaged
  }

  /// The bytes as the server sent them.
  package let message: [UInt8]
  /// The SHA-256 of these bytes.
  package let digest: SHA256Digest
  package let date: InternalDate
  package let source: Source
  /// Flags when the message was archived; the journal has what changed since.
  package let flags: FlagSet

  /// - Parameter digest: the SHA-256 of the message if it is known.
  package init(
    message: [UInt8], digest: SHA256Digest? = nil, date: InternalDate, source: Source,
    flags: FlagSet
  ) {
    self.message = message
    self.digest = digest ?? SHA256Digest(of: message)
    self.date = date
    self.source = source
    self.flags = flags
  }

  /// The text of the entry.
  ///
  /// - Parameter keepsLineEnds: leaves CRLF as it is (`eol=raw`).
  package func encoded(keepsLineEnds: Bool = false) -> [UInt8] {
    text(keepsLineEnds: keepsLineEnds) { header($0) }
  }

  /// The lines before the message.
  func header(_ lineEnds: EntryBody.LineEnds) -> [UInt8] {
    EntryHeader(
      digest: digest, size: message.count, lineEnds: lineEnds, date: date, source: source,
      flags: flags
    ).rendered(sender: sender)
  }

  /// The message for a plain mboxrd file: with its flags, without what the archive adds.
  func mboxText() -> [UInt8] {
    text(keepsLineEnds: false) { _ in
      ([EntryHeader.envelope(sender: sender, date)] + EntryHeader.flagLines(flags))
        .flatMap { $0 + [0x0A] }
    }
  }

  private func text(
    keepsLineEnds: Bool, header: (EntryBody.LineEnds) -> [UInt8]
  ) -> [UInt8] {
    message.withUnsafeBytes { bytes in
      let body = EntryBody(of: bytes, keepsLineEnds: keepsLineEnds)
      let header = header(body.lineEnds)
      let length = header.count + body.length
      return [UInt8](unsafeUninitializedCapacity: length) { output, count in
        let text = UnsafeMutableRawBufferPointer(output)
        text.copyBytes(from: header)
        var encoder = EntryBodyEncoder(of: bytes, body)
        let written = encoder.fill(
          UnsafeMutableRawBufferPointer(rebasing: text[header.count..<length]))
        precondition(written == body.length, "the text has another length than was said")
        count = length
      }
    }
  }

  /// The address in Return-Path, if mail programs surely read it as one; RFC 4155 wants one.
  private var sender: [UInt8] {
    let nobody = Array("MAILER-DAEMON".utf8)
    guard var path = HeaderFields(message).value(of: "Return-Path") else { return nobody }
    if path.first == UInt8(ascii: "<"), path.last == UInt8(ascii: ">") {
      path = Array(path.dropFirst().dropLast())
    }
    let isAddress =
      path.count <= 320 && path.contains(UInt8(ascii: "@")) && path.allSatisfy(Self.isPlain)
    return isAddress ? path : nobody
  }

  /// Printable, and with no meaning of its own in an address.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
      UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"):
      false
    default: (0x21...0x7E).contains(byte)
    }
  }
}
