// mailmove: errors a user can act on.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import Testing

@Suite struct TransportErrorTests {
  static let all: [TransportError] = [
    .cannotResolve(host: "h", reason: "r"), .cannotConnect(host: "h", port: 1, attempts: []),
    .resolverSilent(host: "h", after: .seconds(1)),
    .timedOut(phase: .connect, after: .seconds(1)),
    .timedOut(phase: .handshake, after: .seconds(1)), .timedOut(phase: .read, after: .seconds(1)),
    .tlsVersion(host: "h", reason: "r", needs: .legacy),
    .weakParameters(host: "h", reason: "r", needs: nil), .plainTextOnTLSPort(host: "h"),
    .handshake(host: "h", reason: "r"), .protocolFailure(reason: "r"),
    .closedByPeer(during: .read), .closedByPeer(during: .handshake), .reset(during: .write),
    .network(reason: "r", during: .read), .interrupted, .clearTextViolation(.dataBeforeTLS),
    .clearTextViolation(.tooMuch), .decompression(reason: "r"), .settings(reason: "r"),
    .system(call: "c", reason: "r"),
  ]

  @Test(arguments: all)
  func saysWhatHappenedAndWhatToDo(error: TransportError) {
    #expect(!error.message.isEmpty && !error.message.contains("\n"))
    #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    #expect(error.message != error.hint)
  }

  @Test func namesTheProfileThatWouldDo() {
    #expect(
      TransportError.weakParameters(host: "h", reason: "dh key too small", needs: .compat)
        .hint.hasSuffix("compat"))
  }

  @Test func showsAHostThatIsNoHostWithoutItsControlCharacters() {
    let error = TransportError.cannotResolve(host: "a\u{1B}[2Jb", reason: "r")
    #expect(!error.message.unicodeScalars.contains("\u{1B}"))
  }
}
