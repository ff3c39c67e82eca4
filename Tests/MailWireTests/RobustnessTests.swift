// mailmove: whatever a server sends, we stand.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailWire

@Suite struct RobustnessTests {
  private static let words = [
    "* ", "+ ", "a1 ", "OK ", "[", "]", "(", ")", " ", "\"", "\\", "{3}\r\n", "{0}\r\n",
    "~{2+}\r\n",
    "\r\n", "\n", "\r", "FETCH ", "UIDFETCH ", "LIST ", "STATUS ", "NAMESPACE ", "ESEARCH ",
    "SEARCH ", "VANISHED ", "QUOTA ", "ID ", "FLAGS ", "UID ", "BODY[]", "BODY[HEADER.FIELDS (",
    "<0>", "INTERNALDATE ", "RFC822.SIZE ", "MODSEQ ", "EMAILID ", "X-GM-LABELS ", "NIL", "1", "-1",
    "9.9e+9",
    "99999999999999999999", "4294967295", "1:5,7", ":", ",", "APPENDUID ", "PERMANENTFLAGS ",
    "UIDVALIDITY ", "\\Seen", "&", "&AOk-", "\u{0}", "\u{FF}", "x",
  ].map { Array($0.utf8) }

  @Test func noBytesMakeTheParserFall() {
    var generator = SeededGenerator.printingSeed()
    var parser = ResponseParser()
    var understood = 0
    for _ in 0..<20_000 {
      var bytes: [UInt8] = Bool.random(using: &generator) ? Array("* 1 FETCH (".utf8) : []
      for _ in 0..<Int.random(in: 0...25, using: &generator) {
        bytes += Self.words[Int.random(in: 0..<Self.words.count, using: &generator)]
        if Int.random(in: 0..<20, using: &generator) == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      var framer = Framer(literalBytesMax: 2)
      framer.feed(bytes + Array("\r\n\r\n".utf8))
      while let frame = try? framer.next() {
        if (try? parser.parse(frame)) != nil { understood += 1 }
      }
      let (text, _) = ModifiedUTF7.decodeTolerantly(bytes)
      #expect(!VisibleText.of(text).unicodeScalars.contains("\u{1B}"))
      _ = HeaderFields(bytes).value(of: "x")
    }
    #expect(understood > 1_000, "seed \(generator.seed)")
  }

  @Test func aFewOctetsDoNotBecomeMillionsOfUIDs() throws {
    var parser = ResponseParser()
    func code(_ set: String) throws -> ResponseCode? {
      let frame = Frame(text: Array("a1 OK [APPENDUID 1 \(set)] done".utf8))
      guard case .tagged(_, let status) = try parser.parse(frame) else { return nil }
      return status.code
    }
    let all = (1...UInt32(Limits.expandedUIDsMax)).map { UID($0) }
    #expect(try code("1:\(all.count)") == .appendUID(UIDValidity(1), all))
    for set in ["1:\(all.count + 1)", "1:\(all.count),1", "1:4000000"] {
      #expect(try code(set) == .other(name: "APPENDUID", argument: "1 \(set)"))
    }
    #expect(all.count < 10_000, "the server has us hold more than we ever append at once")
  }

  @Test(arguments: ["(", "\"x\"y", "\"", "[", "{", "BODY[", "BODY[] (", "FLAGS (", "X ((", ") "])
  func noResponseTakesLongerThanItsLength(_ unit: String) throws {
    var text = Array("* 1 FETCH (".utf8)
    for _ in 0..<50_000 { text += unit.utf8 }
    var parser = ResponseParser()
    let clock = ContinuousClock()
    var response = Response.unknown(name: "")
    let elapsed = try clock.measure { response = try parser.parse(Frame(text: text)) }
    guard case .fetch(let data) = response else {
      Issue.record("a FETCH was understood as something else")
      return
    }
    #expect(data.body == nil)
    #expect(elapsed < .seconds(20), "a scan that goes back again and again takes minutes")
  }
}
