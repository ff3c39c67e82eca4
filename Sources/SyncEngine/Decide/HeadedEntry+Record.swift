// mailmove: whether a copy can be the one on record.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension HeadedEntry {
  /// Another header and another date together show another message; a server that writes headers
  /// anew keeps the date it was given.
  func isAnother(than record: MessageRecord) -> Bool {
    guard let header = record.fingerprint, header != fingerprint else { return false }
    return !entry.mayHaveDate(of: record)
  }
}

extension Entry {
  /// Whether the date is the one on record, as far as it is known and the target keeps dates.
  func mayHaveDate(of record: MessageRecord) -> Bool {
    guard !record.dropped.date, let date = record.internalDate, let there = internalDate else {
      return true
    }
    return date.isSameMoment(as: there)
  }

  /// Whether the date is known to be the one on record.
  func hasDate(of record: MessageRecord) -> Bool {
    guard let date = record.internalDate, let there = internalDate else { return false }
    return date.isSameMoment(as: there)
  }
}
