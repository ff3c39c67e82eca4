// mailmove: from clear text to TLS in POP3.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// From clear text to TLS by STLS (RFC 2595, 4), which is sent whatever the server says it can do.
struct POP3Upgrade: TLSUpgrade {
  /// Accepts exactly: greeting, our one command, its answer.
  func secure(_ clear: consuming ClearChannel, for account: some ServerAccount) throws
    -> SecureChannel
  {
    var clear = clear
    let greeting = try clear.readLine(within: account.deadlines.command)
    guard case .positive? = POP3Reply(line: greeting) else {
      throw account.failure(.serverUnavailable, remedy: .retry(after: nil))
    }
    // Answers have no tags: one that is there before the command was sent is somebody else's.
    guard try !clear.hasInput() else {
      throw account.failure(
        .clearTextInjected, detail: "an answer to a command that was not sent",
        hint: "use pop3s:// (port 995), and do not trust this network")
    }
    try clear.writeLine(Array("STLS".utf8), within: account.deadlines.progress)
    let answer = try clear.readLine(within: account.deadlines.command)
    guard case .positive? = POP3Reply(line: answer) else {
      throw account.failure(.startTLSMissing, hint: Self.hint)
    }
    return try clear.secure(context: account.tls, deadlines: account.deadlines)
  }

  private static let hint =
    "use pop3s:// (port 995); mailmove never sends a password in clear text"
}
