// mailmove: traces that can be shared.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import Synchronization
import Testing

/// Keeps the lines of a trace.
final class TraceLines: Sendable {
  private let kept = Mutex<[String]>([])
  var lines: [String] { kept.withLock { $0 } }
  func trace(_ connection: String) -> WireTrace {
    WireTrace(connection: connection) { line in self.kept.withLock { $0.append(line) } }
  }
}

@Suite struct WireTraceTests {
  @Test func showsProtocolTextAndCountsTheRest() {
    let lines = TraceLines()
    let trace = lines.trace("source 1")
    trace.record(.sent, .protocolText, Array("a LOGIN u ".utf8))
    trace.record(.sent, .secret, Array("hunter2".utf8))
    trace.record(.received, .message, Array("Subject: private".utf8))
    #expect(
      lines.lines == [
        "source 1 C: a LOGIN u ", "source 1 C: <secret 7 bytes>",
        "source 1 S: <message 16 bytes>",
      ])
  }

  @Test func makesEveryControlCharacterVisible() {
    let lines = TraceLines()
    lines.trace("t").record(
      .received, .protocolText, Array("* OK \u{1B}[2J\u{9B}\\\0\r\n".utf8))
    #expect(lines.lines == [#"t S: * OK \x1b[2J\xc2\x9b\\\x00\r\n"#])
  }

  @Test func cutsLongTextAndSaysSo() {
    let lines = TraceLines()
    lines.trace("t").record(.received, .protocolText, [UInt8](repeating: 65, count: 1500))
    #expect(lines.lines.first?.hasSuffix("A<1000 bytes more>") == true)
    #expect(lines.lines.first?.count == 5 + 500 + 17)
  }
}
