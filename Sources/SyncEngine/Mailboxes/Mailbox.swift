// mailmove: mailboxes as a server lists them.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// One mailbox of a listing, with what the listing said about it.
package struct Mailbox: Sendable, Equatable {
  /// Raw bytes; the identity.
  package let name: MailboxName
  /// The delimiter of this row; nil means a flat name.
  package let delimiter: UInt8?
  /// As sent, with the backslash: `\Sent`, `\Noselect`.
  package let attributes: [String]
  /// nil: the server was not asked or did not say.
  package var isSubscribed: Bool?
  /// From LIST-STATUS or STATUS; nil: not known yet.
  package var status: MailboxStatus?

  package init(
    name: MailboxName, delimiter: UInt8?, attributes: [String] = [], isSubscribed: Bool? = nil,
    status: MailboxStatus? = nil
  ) {
    self.name = name
    self.delimiter = delimiter
    self.attributes = attributes
    self.isSubscribed = isSubscribed
    self.status = status
  }

  package func has(_ attribute: String) -> Bool {
    attributes.contains { $0.lowercased() == attribute.lowercased() }
  }

  /// False for \Noselect and \NonExistent, which must never be opened.
  package var isSelectable: Bool { !has("\\Noselect") && !has("\\NonExistent") }
}

/// Everything one side said about its mailboxes.
package struct MailboxListing: Sendable, Equatable {
  package var mailboxes: [Mailbox]
  /// nil: no NAMESPACE.
  package var namespaces: Namespaces?
  /// The delimiter of new names, asked for where no mailbox has one.
  package var rootDelimiter: UInt8?
  /// The host name the user typed, in lower case; decides host rules.
  package var host: String
  package var family: ServerFamily
  /// The server can create a mailbox with a role (CREATE-SPECIAL-USE, RFC 6154).
  package var canCreateWithRole: Bool
  /// The server tells which labels a message has (X-GM-EXT-1), so that what is in no other mailbox
  /// can be found in the view of everything.
  package var tellsLabels: Bool

  package init(
    mailboxes: [Mailbox], namespaces: Namespaces? = nil, rootDelimiter: UInt8? = nil,
    host: String = "",
    family: ServerFamily = .generic, canCreateWithRole: Bool = false,
    tellsLabels: Bool = false
  ) {
    self.mailboxes = mailboxes
    self.namespaces = namespaces
    self.rootDelimiter = rootDelimiter
    self.host = host
    self.family = family
    self.canCreateWithRole = canCreateWithRole
    self.tellsLabels = tellsLabels
  }
}
