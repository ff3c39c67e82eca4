// mailmove: listings for tests.
// SPDX-License-Identifier: Apache-2.0

import MailWire

@testable import SyncEngine

/// A row with a wire name; `D` in it is not special.
func row(
  _ name: String, _ attributes: String..., delimiter: Character? = "/", messages: Int64? = nil,
  validity: Int64? = nil, id: String? = nil, isSubscribed: Bool? = nil
) -> Mailbox {
  var status: MailboxStatus?
  if messages != nil || validity != nil || id != nil {
    status = MailboxStatus(
      messages: messages, uidValidity: validity.map { UIDValidity($0) }, mailboxID: id)
  }
  return Mailbox(
    name: MailboxName(wire: name), delimiter: delimiter?.asciiValue, attributes: attributes,
    isSubscribed: isSubscribed, status: status)
}

/// A row with a decoded name.
func decodedRow(_ segments: [String], _ attributes: String..., delimiter: Character = "/")
  -> Mailbox
{
  Mailbox(
    name: MailboxPath.name(segments, delimiter: delimiter.asciiValue),
    delimiter: delimiter.asciiValue, attributes: attributes)
}

func listing(
  _ rows: Mailbox..., host: String = "", family: ServerFamily = .generic,
  namespaces: Namespaces? = nil, canCreateWithRole: Bool = false, tellsLabels: Bool = false
) -> MailboxListing {
  MailboxListing(
    mailboxes: rows, namespaces: namespaces, host: host, family: family,
    canCreateWithRole: canCreateWithRole, tellsLabels: tellsLabels)
}

/// NAMESPACE with one personal prefix.
func personal(_ prefix: String, _ delimiter: Character) -> Namespaces {
  Namespaces(personal: [
    Namespaces.Entry(prefix: Array(prefix.utf8), delimiter: delimiter.asciiValue)
  ])
}

/// A target that has nothing but INBOX.
func emptyTarget(_ family: ServerFamily = .dovecot, delimiter: Character = "/") -> MailboxListing {
  listing(row("INBOX", delimiter: delimiter), family: family)
}

extension MailboxMap {
  subscript(_ source: String) -> MappedMailbox? {
    rows.first { $0.source == MailboxName(wire: source) }
  }

  /// The raw target name of a raw source name; nil when it is not copied.
  func target(_ source: String) -> String? {
    self[source]?.target.map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}

extension MappingRules {
  init(_ change: (inout MappingRules) -> Void) {
    self.init()
    change(&self)
  }
}
