// mailmove: tests of message headers.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct HeaderFieldsTests {
  @Test(arguments: [
    ("Subject: x\r\n\r\nbody", "x", 14), ("Subject: x\n\nbody", "x", 12),
    ("Subject: x\r\rbody", "xbody", 16), ("subject:x\r\n\r\n", "x", 13),
    ("SUBJECT \t:  x  \r\n\r\nb", "x", 19), ("Subject: a\r\n b\r\n\tc\r\n\r\n", "a b\tc", 22),
    ("Subject: a\n b\n\n", "a b", 15), ("Subject: first\r\nSubject: second\r\n\r\n", "first", 35),
    ("X-Subject: no\r\nSubject: x\r\n\r\n", "x", 29), ("Subject:\r\n\r\n", "", 12),
    ("Subject: only", "only", 13), ("Subject: x\r\r\n\r\r\nbody", "x", 16),
    ("From a@b Mon Jan\r\nSubject: x\r\n\r\n", "x", 32),
    ("A: b\r\njunk without colon\r\nSubject: x\r\n\r\nb", "x", 40),
    ("Subject: caf\u{E9}\r\n\r\n", "caf\u{E9}", 18),
    ("\r\nSubject: in the body\r\n\r\n", nil, 2), ("\nx", nil, 1), ("", nil, 0),
    ("just some text\r\nSubject: x\r\n", "x", 28),
    (" folded: first\r\nSubject: x\r\n\r\n", "x", 30),
    ("A: b\r\n\r\nSubject: in the body\r\n", nil, 8), (":\r\n", nil, 3),
    ("Subject: a\r\nno field\r\n b\r\n\r\n", "a", 28),
    ("Subject: a\r\nno field\r\nA: b\r\n c\r\n\r\n", "a", 34), ("Subject\r\n\r\n", nil, 11),
    ("Subject: \r\n \r\n x\r\n \r\n\r\n", "x", 23), ("Subjects: x\r\n\r\n", nil, 15),
    ("Sub ject: x\r\n\r\n", nil, 15), ("S\r\nSubject:x", "x", 12),
  ])
  func headersOfAllKindsAreRead(_ message: String, _ subject: String?, _ bodyOffset: Int) {
    let fields = HeaderFields(Array(message.utf8))
    #expect(fields.value(of: "Subject") == subject.map { Array($0.utf8) })
    #expect(fields.bodyOffset == bodyOffset)
  }

  @Test func aFieldBehindMegabytesIsFound() {
    let long = [UInt8](repeating: 0x61, count: 3 << 20)
    let message = Array("To: ".utf8) + long + Array("\r\nSubject: x\r\n\r\nbody".utf8)
    let fields = HeaderFields(message)
    #expect(fields.value(of: "subject") == Array("x".utf8))
    #expect(fields.bodyOffset == message.count - 4)
  }

  @Test(arguments: [
    ("Subject: x\r\n\r\n", true), ("\r\n", false), ("", false), ("just text\r\nmore\r\n", false),
    ("\r\nSubject: in the body\r\n", false), ("text\r\nX-A : b\r\n", true), (": x\r\n", false),
  ])
  func whetherThereIsAnyField(_ message: String, _ hasFields: Bool) {
    #expect(HeaderFields(Array(message.utf8)).hasFields == hasFields)
  }
}
