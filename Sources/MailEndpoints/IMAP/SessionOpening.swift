// mailmove: from a socket to a verified session.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// Opens the way to a server: TLS at once, or STARTTLS made mandatory (invariant 11).
struct SessionOpening {
  private let account: IMAPAccount
  private let interruption: Interrupt

  /// Lines that a server may say between STARTTLS and its answer.
  private static let chatterMax = 50

  init(_ account: IMAPAccount, _ interruption: Interrupt) {
    self.account = account
    self.interruption = interruption
  }

  /// Returns a channel on which nothing has been read yet.
  func open() throws -> SecureChannel {
    do {
      switch account.url.scheme {
      case .imap:
        return try startTLS()
      case .imaps, .pop3, .pop3s, .archive:
        return try SecureChannel.connect(
          host: account.url.host, port: UInt16(account.url.port), context: account.tls,
          deadlines: account.deadlines, interrupt: interruption)
      }
    } catch let error as TransportError { throw SyncError(error, side: account.side) }
  }

  /// Accepts exactly: greeting, our one command, its answer. Nothing the server says in clear text
  /// is kept, shown or believed.
  private func startTLS() throws -> SecureChannel {
    var clear = try ClearChannel.connect(
      host: account.url.host, port: UInt16(account.url.port), deadlines: account.deadlines,
      interrupt: interruption)
    let greeting = try clear.readLine(within: account.deadlines.command)
    guard Self.begins(greeting, with: "* OK") else {
      throw Self.begins(greeting, with: "* PREAUTH")
        ? failure(.clearTextInjected, detail: "PREAUTH before TLS")
        : failure(.serverUnavailable, remedy: .retry(after: nil))
    }
    var tags = TagSource()
    let tag = tags.next()
    try clear.writeLine(Array("\(tag) STARTTLS".utf8), within: account.deadlines.progress)
    for _ in 0..<Self.chatterMax {
      let line = try clear.readLine(within: account.deadlines.command)
      if Self.begins(line, with: "\(tag) OK") {
        return try clear.secure(context: account.tls, deadlines: account.deadlines)
      }
      if Self.begins(line, with: "\(tag) ") { throw failure(.startTLSMissing) }
      guard line.first == UInt8(ascii: "*") else {
        throw failure(.clearTextInjected, detail: "an answer to a command that was not sent")
      }
    }
    throw failure(.startTLSMissing, detail: "no answer to STARTTLS")
  }

  private func failure(
    _ cause: SyncError.Cause, remedy: SyncError.Remedy = .stop, detail: String = ""
  ) -> SyncError {
    SyncError(cause, scope: .endpoint, remedy: remedy, side: account.side, detail: detail)
  }

  private static func begins(_ line: [UInt8], with prefix: String) -> Bool {
    let wanted = Array(prefix.lowercased().utf8)
    guard line.count >= wanted.count else { return false }
    return zip(line, wanted).allSatisfy { byte, expected in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        ? byte | 0x20 == expected : byte == expected
    }
  }
}
