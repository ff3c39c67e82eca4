// mailmove: capabilities.
// SPDX-License-Identifier: Apache-2.0

/// What a server says it can do (RFC 9051, 6.1.1): atoms, compared without case.
package struct CapabilitySet: Sendable, Equatable {
  private let atoms: Set<String>

  package init(_ names: some Sequence<String>) { atoms = Set(names.map { $0.uppercased() }) }

  package static let none = CapabilitySet([String]())

  package func has(_ capability: Capability) -> Bool { atoms.contains(capability.rawValue) }
  package var isEmpty: Bool { atoms.isEmpty }
  package var names: [String] { atoms.sorted() }

  /// Whether SASL mechanism `name` is offered by `AUTH=name`.
  package func offersMechanism(_ name: String) -> Bool {
    atoms.contains("AUTH=" + name.uppercased())
  }

  /// The SASL mechanisms offered, sorted.
  package var mechanisms: [String] {
    names.compactMap { $0.hasPrefix("AUTH=") ? String($0.dropFirst("AUTH=".count)) : nil }
  }

  /// APPENDLIMIT (RFC 7889): the limit in octets; nil when none is announced here.
  package var appendLimit: Int64? {
    atoms.lazy.compactMap { atom in
      atom.hasPrefix("APPENDLIMIT=") ? Int64(atom.dropFirst("APPENDLIMIT=".count)) : nil
    }.first
  }

  /// APPENDLIMIT without a number: it differs by mailbox and is asked for with STATUS.
  package var appendLimitIsPerMailbox: Bool { atoms.contains("APPENDLIMIT") }

  /// Whether mod-sequences can be asked for: CONDSTORE, or QRESYNC, which includes it.
  package var hasCondStore: Bool { has(.condStore) || has(.qresync) }

  /// Whether a mailbox can be left without removing anything: UNSELECT, or IMAP4rev2.
  package var hasUnselect: Bool { has(.unselect) || has(.imap4rev2) }
}

/// The capabilities that change what we send.
package enum Capability: String, Sendable, CaseIterable {
  case imap4rev1 = "IMAP4REV1"
  case imap4rev2 = "IMAP4REV2"
  case startTLS = "STARTTLS"
  case loginDisabled = "LOGINDISABLED"
  case saslIR = "SASL-IR"
  case id = "ID"
  case enable = "ENABLE"
  case namespace = "NAMESPACE"
  case specialUse = "SPECIAL-USE"
  case createSpecialUse = "CREATE-SPECIAL-USE"
  case listExtended = "LIST-EXTENDED"
  case listStatus = "LIST-STATUS"
  case uidPlus = "UIDPLUS"
  case literalPlus = "LITERAL+"
  case literalMinus = "LITERAL-"
  case multiAppend = "MULTIAPPEND"
  case condStore = "CONDSTORE"
  case qresync = "QRESYNC"
  case compressDeflate = "COMPRESS=DEFLATE"
  case esearch = "ESEARCH"
  case objectID = "OBJECTID"
  case unselect = "UNSELECT"
  case quota = "QUOTA"
  case statusSize = "STATUS=SIZE"
  case children = "CHILDREN"
  case uidOnly = "UIDONLY"
  case gmailExtensions = "X-GM-EXT-1"
}
