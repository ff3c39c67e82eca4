// mailmove: from a socket to a verified POP3 session.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Opens the way to a POP3 server: TLS at once, or STLS made mandatory (RFC 2595, invariant 11).
struct POP3Opening {
  private let account: POP3Account
  private let interruption: Interrupt

  init(_ account: POP3Account, _ interruption: Interrupt) {
    self.account = account
    self.interruption = interruption
  }

  /// Returns a channel on which nothing has been read yet.
  func open() throws -> SecureChannel {
    do {
      switch account.url.scheme {
      case .pop3:
        return try startTLS()
      case .pop3s, .imap, .imaps, .archive:
        return try SecureChannel.connect(
          host: account.url.host, port: UInt16(account.url.port), context: account.tls,
          deadlines: account.deadlines, interrupt: interruption)
      }
    } catch let error as TransportError { throw SyncError(error, side: account.side) }
  }

  /// Accepts exactly: greeting, our one command, its answer. Nothing the server says in clear text
  /// is kept, shown or believed, and STLS is sent whatever the server says it can do.
  private func startTLS() throws -> SecureChannel {
    var clear = try ClearChannel.connect(
      host: account.url.host, port: UInt16(account.url.port), deadlines: account.deadlines,
      interrupt: interruption)
    let greeting = try clear.readLine(within: account.deadlines.command)
    guard case .positive? = POP3Reply(line: greeting) else {
      throw failure(.serverUnavailable, remedy: .retry(after: nil))
    }
    // Answers have no tags: one that is there before the command was sent is somebody else's.
    guard try !clear.hasInput() else {
      throw failure(.clearTextInjected, detail: "an answer to a command that was not sent")
    }
    try clear.writeLine(Array("STLS".utf8), within: account.deadlines.progress)
    let answer = try clear.readLine(within: account.deadlines.command)
    guard case .positive? = POP3Reply(line: answer) else {
      throw failure(.startTLSMissing, hint: Self.hint)
    }
    return try clear.secure(context: account.tls, deadlines: account.deadlines)
  }

  private static let hint =
    "use pop3s:// (port 995); mailmove never sends a password in clear text"

  private func failure(
    _ cause: SyncError.Cause, remedy: SyncError.Remedy = .stop, detail: String = "",
    hint: String? = nil
  ) -> SyncError {
    SyncError(
      cause, scope: .endpoint, remedy: remedy, side: account.side, detail: detail, hint: hint)
  }
}
