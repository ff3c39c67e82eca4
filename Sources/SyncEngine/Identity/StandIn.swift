// mailmove: stand-ins that servers invent.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Recognises the stand-in that Exchange serves for an item it cannot convert.
///
/// Copying it would look like success and lose the message.
package enum StandIn {
  /// Stand-ins are short; real mail that quotes one is longer or comes from somebody else.
  private static let bytesMax = 16 << 10

  package static func isStandIn(_ message: [UInt8]) -> Bool {
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
