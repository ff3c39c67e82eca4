// mailmove: the stub that Exchange serves in place of a message.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Recognises the stub that Exchange serves for an item it cannot convert.
///
/// Copying it would look like success and lose the message.
package enum ExchangeStub {
  /// Stubs are short; real mail that quotes one is longer or comes from somebody else.
  private static let bytesMax = 16 << 10

  package static func isStub(_ message: [UInt8]) -> Bool {
    guard message.count <= bytesMax else { return false }
    let header = HeaderFields(message)
    guard let from = header.value(of: "From"), let subject = header.value(of: "Subject") else {
      return false
    }
    return from.holds(sender) && subject.holds(title)
  }

  private static let sender = Array("Microsoft Exchange Server".utf8)
  private static let title = Array("Retrieval using the IMAP4 protocol failed".utf8)
}
