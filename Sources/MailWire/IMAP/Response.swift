// mailmove: what a server says.
// SPDX-License-Identifier: Apache-2.0

/// One response of an IMAP server (RFC 9051, 7), with what a mailbox mover needs of it.
package enum Response: Sendable, Equatable {
  case tagged(tag: String, StatusResponse)
  case untagged(StatusResponse)
  /// `+`, with or without text.
  case continuation(text: [UInt8])
  case capability(CapabilitySet)
  case enabled([String])
  /// LIST, LSUB and XLIST (which some servers send instead), all alike.
  case list(ListRow)
  case status(MailboxName, MailboxStatus)
  case namespace(Namespaces)
  case flags([String])
  case exists(Int64)
  case recent(Int64)
  case expunge(Int64)
  case vanished(UIDSet, earlier: Bool)
  case fetch(FetchData)
  case search([UID])
  case esearch(ESearchResult)
  case quotaRoot(MailboxName, roots: [[UInt8]])
  case quota(root: [UInt8], [QuotaResource])
  /// Field names in lower case; fields that are NIL are left out.
  case id([String: String])
  /// Anything else: skipped, with its name for the trace.
  case unknown(name: String)
}

/// OK, NO, BAD, BYE or PREAUTH (RFC 9051, 7.1).
package struct StatusResponse: Sendable, Equatable {
  /// The five kinds; a tagged response is only OK, NO or BAD.
  package enum Kind: String, Sendable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
    case bye = "BYE"
    case preauth = "PREAUTH"
  }

  package let kind: Kind
  package let code: ResponseCode?
  /// The text for people: bytes that are not UTF-8 are replaced, control characters are escaped.
  package let text: String
  /// The answer repeats a credential: its text may be read, and not be passed on.
  package var isConfidential = false

  package init(kind: Kind, code: ResponseCode? = nil, text: String = "") {
    self.kind = kind
    self.code = code
    self.text = text
  }
}

/// One row of LIST (RFC 9051, 7.3.1).
package struct ListRow: Sendable, Equatable {
  package let name: MailboxName
  /// nil: a flat name.
  package let delimiter: UInt8?
  /// As sent, with the backslash; `CHILDINFO` without one stands for subscribed children.
  package let attributes: [String]

  package init(name: MailboxName, delimiter: UInt8?, attributes: [String]) {
    self.name = name
    self.delimiter = delimiter
    self.attributes = attributes
  }

  /// Whether an attribute is there, in any case.
  package func has(_ attribute: String) -> Bool {
    attributes.contains { $0.lowercased() == attribute.lowercased() }
  }
}

/// STATUS data (RFC 9051, 7.3.4), and the same numbers from SELECT. Absent means unknown.
package struct MailboxStatus: Sendable, Equatable {
  package var messages: Int64?
  package var uidNext: UID?
  package var uidValidity: UIDValidity?
  /// RFC 7162; 0 and negative values are dropped as unknown.
  package var highestModSeq: Int64?
  /// Octets in all messages together (RFC 8438).
  package var size: Int64?
  /// Octets in one message (RFC 7889); 0: no message at all. nil also where there is no limit.
  package var appendLimit: Int64?
  /// RFC 8474.
  package var mailboxID: String?

  package init(
    messages: Int64? = nil, uidNext: UID? = nil, uidValidity: UIDValidity? = nil,
    highestModSeq: Int64? = nil, size: Int64? = nil, appendLimit: Int64? = nil,
    mailboxID: String? = nil
  ) {
    self.messages = messages
    self.uidNext = uidNext
    self.uidValidity = uidValidity
    self.highestModSeq = highestModSeq
    self.size = size
    self.appendLimit = appendLimit
    self.mailboxID = mailboxID
  }
}

/// NAMESPACE (RFC 2342).
package struct Namespaces: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let prefix: [UInt8]
    package let delimiter: UInt8?

    package init(prefix: [UInt8], delimiter: UInt8?) {
      self.prefix = prefix
      self.delimiter = delimiter
    }
  }

  package var personal: [Entry]
  package var otherUsers: [Entry]
  package var shared: [Entry]

  package init(personal: [Entry] = [], otherUsers: [Entry] = [], shared: [Entry] = []) {
    self.personal = personal
    self.otherUsers = otherUsers
    self.shared = shared
  }
}

/// The items of one FETCH response that matter here (RFC 9051, 7.5.2).
package struct FetchData: Sendable, Equatable {
  /// The message sequence number; 0 and negative ones occur and are ignored.
  package var sequenceNumber: Int64
  package var uid: UID?
  /// A UID was told that is none: 0, or more than 32 bits hold.
  package var hasUnusableUID = false
  package var flags: FlagSet?
  package var internalDate: InternalDate?
  /// INTERNALDATE as sent, when it could not be read.
  package var internalDateText: String?
  package var size: Int64?
  package var modSeq: Int64?
  /// `BODY[]` (also `RFC822` and `BINARY[]` are never asked for).
  package var body: Body?
  /// `BODY[HEADER.FIELDS (…)]` or `BODY[HEADER]`.
  package var header: [UInt8]?
  package var emailID: String?
  /// X-GM-LABELS as sent, without quotes: in modified UTF-7, Gmail's own with a backslash; nil: not
  /// told.
  package var gmailLabels: [[UInt8]]?
  /// The list of items had no end, or something followed the body directly: the server has counted
  /// a literal wrong, and the body may be a part of the message, or more than the message.
  package var isBroken = false

  /// The octets of a message, or why there are none.
  package enum Body: Sendable, Equatable {
    case bytes([UInt8])
    /// `NIL`: the server has no body to give.
    case absent
    /// Larger than may be held, and therefore dropped while it was received.
    case oversize(octets: Int)
  }

  package init(sequenceNumber: Int64) { self.sequenceNumber = sequenceNumber }
}

/// ESEARCH (RFC 4731).
package struct ESearchResult: Sendable, Equatable {
  package var tag: String?
  package var isUID: Bool
  package var all: UIDSet?
  package var count: Int64?
  package var min: UID?
  package var max: UID?

  package init(
    tag: String? = nil, isUID: Bool = false, all: UIDSet? = nil, count: Int64? = nil,
    min: UID? = nil, max: UID? = nil
  ) {
    self.tag = tag
    self.isUID = isUID
    self.all = all
    self.count = count
    self.min = min
    self.max = max
  }
}

/// One resource of QUOTA (RFC 9208): `STORAGE` in units of 1024 octets, `MESSAGE` in messages.
package struct QuotaResource: Sendable, Equatable {
  package let name: String
  package let usage: Int64
  package let limit: Int64

  package init(name: String, usage: Int64, limit: Int64) {
    self.name = name
    self.usage = usage
    self.limit = limit
  }
}
