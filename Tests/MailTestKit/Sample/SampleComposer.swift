// mailmove: writing sample messages.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes one message of the sample, octet by octet as it is to be stored.
struct SampleComposer {
  let folder: SampleFolder
  let index: Int
  let date: SampleDate
  /// The message before this one, whose identity some kinds borrow.
  let previous: SampleMessage?
  var random: SeededGenerator

  private static let crlf: [UInt8] = [13, 10]
  private static let bigAttachmentEvery = 2

  mutating func compose(_ kind: SampleKind) -> [UInt8] {
    switch kind {
    case .plainASCII: text("Content-Type: text/plain", body: ascii(lines: 6))
    case .utf8Body:
      text(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", body: prose)
    case .quotedPrintable:
      text(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
        body: Self.quotedPrintable(prose))
    case .latin1Body:
      text(
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit",
        body: Self.latin1("Schöne Grüße aus Bremen, à bientôt, où que tu sois.\r\n"))
    case .rawHeaders: header(subject: .raw) + Self.crlf + prose
    case .alternative: alternative()
    case .attachment: attachment(size: random.number(2_000...60_000), type: "application/pdf")
    case .headerOnly: header() + Self.crlf
    case .headerWithoutEnd: header()
    case .noMessageID: header(messageID: .absent) + Self.crlf + ascii(lines: 2)
    case .sameMessageID, .sameBytesAgain:
      header(messageID: .borrowed) + Self.crlf + ascii(lines: 3)
    case .longLine:
      header() + Self.crlf + Array(repeating: UInt8(ascii: "w"), count: 20_000) + Self.crlf
    case .dotsAndFrom: header() + Self.crlf + Self.dotsAndFrom
    case .emptySubject: header(subject: .empty) + Self.crlf + ascii(lines: 1)
    case .noFinalLineEnd: header() + Self.crlf + Array("Das war's".utf8)
    case .encodedHeaders: header(subject: .encoded) + Self.crlf + prose
    case .binaryBody: header() + Self.crlf + (1...255).filter { $0 != 10 && $0 != 13 } + Self.crlf
    case .manyHeaders: manyHeaders()
    case .carriageReturn: header() + Self.crlf + Array("alt\rneu\r\nEnde\r\n".utf8)
    case .forwarded: forwarded()
    case .trailingBlankLines: header() + Self.crlf + Array("Gruß\r\n\r\n\r\n".utf8)
    case .bigAttachment: bigAttachment()
    }
  }

  // MARK: Headers

  private enum Subject { case plain, raw, encoded, empty }
  private enum MessageID { case own, absent, borrowed }

  private mutating func header(
    subject: Subject = .plain, messageID: MessageID = .own
  ) -> [UInt8] {
    let person = random.pick(folder.language.people)
    let title = random.pick(folder.language.subjects)
    var lines = ["Return-Path: <\(person.address)>"]
    switch subject {
    case .raw: lines += ["From: \(person.name) <\(person.address)>", "Subject: \(title)"]
    case .encoded:
      lines += [
        "From: \(Self.encodedWord(person.name)) <\(person.address)>",
        "Subject: \(Self.encodedWord(title))\r\n \(Self.encodedWord(title))",
      ]
    case .empty: lines += ["From: \(person.address)", "Subject: "]
    case .plain: lines += ["From: \(person.address)", "Subject: Nr. \(index) \(date.compact)"]
    }
    lines += ["To: hanna@alt.example", "Date: \(date.header)"]
    switch messageID {
    case .own: lines.append("Message-ID: <\(index).\(random.next())@alt.example>")
    case .absent: break
    case .borrowed: lines.append(previousMessageID)
    }
    return Array(lines.joined(separator: "\r\n").utf8) + Self.crlf
  }

  private var previousMessageID: String {
    let text = String(decoding: previous?.bytes.prefix(4096) ?? [], as: UTF8.self)
    let line = text.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }
    return line.map(String.init) ?? "Message-ID: <shared@alt.example>"
  }

  private mutating func text(_ fields: String, body: [UInt8]) -> [UInt8] {
    header() + Array("MIME-Version: 1.0\r\n\(fields)\r\n\r\n".utf8) + body
  }

  private mutating func manyHeaders() -> [UInt8] {
    let trace = (1...60).map { "Received: from hop\($0).example by hop\($0 + 1).example;\r\n\t" }
    let fields = trace.map { $0 + date.header }.joined(separator: "\r\n")
    return Array("\(fields)\r\nX-Empty:\r\nX-Folded: a\r\n  b\r\n\t\tc\r\n".utf8)
      + header() + Self.crlf + ascii(lines: 2)
  }

  // MARK: Bodies

  /// Sentences in the mailbox's language, UTF-8.
  private var prose: [UInt8] {
    let sentences = folder.language.sentences
    let lines = (0..<4).map { sentences[(index + $0) % sentences.count] }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  private mutating func ascii(lines: Int) -> [UInt8] {
    let text = (0..<lines).map { _ in random.pick(SampleLanguage.english.sentences) }
    return Array((text.joined(separator: "\r\n") + "\r\n").utf8)
  }

  private static let dotsAndFrom = Array(
    """
    .
    ..
    .ends here, or not
    From here on it gets worse.
    >From there as well.
    -- \u{20}
    (no ) subject {12}
    * OK not a server

    """.replacingOccurrences(of: "\n", with: "\r\n").utf8)

  private mutating func alternative() -> [UInt8] {
    let boundary = "=_alt_\(random.next())"
    let fields =
      "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"\(boundary)\""
    let plain = "--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    let html =
      "\r\n--\(boundary)\r\nContent-Type: text/html; charset=utf-8\r\n"
      + "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>"
    return header() + Array("\(fields)\r\n\r\n\(plain)".utf8) + prose + Array(html.utf8)
      + Self.quotedPrintable(prose) + Array("</p>\r\n--\(boundary)--\r\n".utf8)
  }

  private mutating func attachment(size: Int, type: String) -> [UInt8] {
    let boundary = "=_mixed_\(random.next())"
    let opening = """
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary="\(boundary)"

      Nur für alte Programme.
      --\(boundary)
      Content-Type: text/plain; charset=utf-8


      """.replacingOccurrences(of: "\n", with: "\r\n")
    let part = """

      --\(boundary)
      Content-Type: \(type)
      Content-Disposition: attachment; filename*=utf-8''Bild%20%C3%BC\(index)
      Content-Transfer-Encoding: base64


      """.replacingOccurrences(of: "\n", with: "\r\n")
    let data = Data(random.bytes(size))
    let base64 = data.base64EncodedData(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return header() + Array(opening.utf8) + prose + Array(part.utf8) + Array(base64)
      + Array("\r\n--\(boundary)--\r\n".utf8)
  }

  /// Every other one is really big, so that a sample of a few hundred stays handy.
  private mutating func bigAttachment() -> [UInt8] {
    let round = index / SampleKind.allCases.count
    let isBig = round % Self.bigAttachmentEvery == 0
    let size = isBig ? random.number(750_000...2_200_000) : random.number(60_000...200_000)
    return attachment(size: size, type: "image/jpeg")
  }

  private mutating func forwarded() -> [UInt8] {
    let inner = header(subject: .encoded) + Self.crlf + prose
    let fields = "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    return header() + Array(fields.utf8) + inner
  }

  // MARK: Encodings

  private static func encodedWord(_ text: String) -> String {
    "=?utf-8?B?\(Data(text.utf8).base64EncodedString())?="
  }

  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
  }

  /// RFC 2045, 6.7, with a soft line break where a line would pass 70 octets.
  private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    var column = 0
    for byte in bytes {
      if byte == 13 || byte == 10 {
        result.append(byte)
        column = 0
        continue
      }
      if column > 70 {
        result += Array("=\r\n".utf8)
        column = 0
      }
      let isPlain = (33...126).contains(byte) && byte != UInt8(ascii: "=") || byte == 32
      let piece =
        isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      result += piece
      column += piece.count
    }
    return result
  }
}
