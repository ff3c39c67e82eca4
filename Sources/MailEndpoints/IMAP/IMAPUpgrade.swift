// mailmove: from clear text to TLS in IMAP.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire
import SyncEngine

/// From clear text to TLS by STARTTLS (RFC 9051, 6.2.1).
struct IMAPUpgrade: TLSUpgrade {
  /// Lines that a server may say between STARTTLS and its answer.
  private static let chatterMax = 50

  /// Accepts exactly: greeting, our one command, its answer.
  func secure(_ clear: consuming ClearChannel, for account: some ServerAccount) throws
    -> SecureChannel
  {
    var clear = clear
    let greeting = try clear.readLine(within: account.deadlines.command)
    guard Self.begins(greeting, with: "* OK") else {
      throw Self.begins(greeting, with: "* PREAUTH")
        ? account.failure(.clearTextInjected, detail: "PREAUTH before TLS")
        : account.failure(.serverUnavailable, remedy: .retry(after: nil))
    }
    var tags = TagSource()
    let tag = tags.next()
    try clear.writeLine(Array("\(tag) STARTTLS".utf8), within: account.deadlines.progress)
    for _ in 0..<Self.chatterMax {
      let line = try clear.readLine(within: account.deadlines.command)
      if Self.begins(line, with: "\(tag) OK") {
        return try clear.secure(context: account.tls, deadlines: account.deadlines)
      }
      if Self.begins(line, with: "\(tag) ") { throw account.failure(.startTLSMissing) }
      guard line.first == UInt8(ascii: "*") else {
        throw account.failure(
          .clearTextInjected, detail: "an answer to a command that was not sent")
      }
    }
    throw account.failure(.startTLSMissing, detail: "no answer to STARTTLS")
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
