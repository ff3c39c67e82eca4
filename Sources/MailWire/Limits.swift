// mailmove: limits at the door.
// SPDX-License-Identifier: Apache-2.0

/// Every limit on what a server may make us hold, with its unit and its reason.
package enum Limits {
  /// Bytes in one literal. Larger messages are a recorded skip; the largest limit seen at a
  /// provider is 150 MB.
  package static let literalBytesMax = 256 << 20
  /// Bytes in one literal that is read and dropped because it is above `literalBytesMax`. More than
  /// 32 bits can count is no message.
  package static let skippedLiteralBytesMax = 4 << 30
  /// Bytes in one response outside its literals. The longest honest ones are SEARCH results:
  /// a million UIDs take 8 MB.
  package static let responseTextBytesMax = 16 << 20
  /// Literals in one response. LIST and STATUS use one or two; a FETCH one for each body section.
  package static let responseLiteralsMax = 64
  /// Responses until a command is answered. A listing has one for each message, and the largest
  /// mailboxes known hold a few million; some servers say everything twice.
  package static let answerResponsesMax = 10_000_000
  /// Responses in a row that have no data, such as `* OK Still here`. Servers make one every few
  /// seconds, or one about each message they cannot read.
  package static let remarksMax = 100_000
  /// Bytes of the mailboxes in one answer to LIST: their names, and `listedMailboxBytes` for each.
  /// 100,000 mailboxes take 40 MB.
  package static let listingBytesMax = 64 << 20
  /// What a listed mailbox counts for beside its name, in bytes: its attributes and counts.
  package static let listedMailboxBytes = 256
  /// Bytes until a command is answered, literals included. A batch of messages is asked for 4 MiB;
  /// twice the largest literal that is read and dropped leaves room for sizes that were not true.
  package static let answerBytesMax = 8 << 30
  /// Bytes of a response before TLS: a greeting, CAPABILITY, the answer to STARTTLS.
  package static let clearTextBytesMax = 64 << 10
  /// Different flag lists a connection remembers, so that equal ones share their memory.
  package static let flagListsRememberedMax = 1_024
  /// UIDs that one APPENDUID may expand to. A few octets can name millions, and no command here
  /// appends more than a hundred messages.
  package static let expandedUIDsMax = 4_096
  /// Bytes of one line of POP3. RFC 2449 allows 512; SASL challenges are longer.
  package static let pop3LineBytesMax = 64 << 10
  /// Bytes of an answer to LIST, UIDL or CAPA. A million lines of UIDL take 80 MB.
  package static let pop3ListingBytesMax = 128 << 20
  /// Bytes of a POP3 unique-id that are looked at. RFC 1939 allows 70.
  package static let uniqueIDBytesMax = 255
}
