// mailmove: what a target allows in the name of a mailbox.
// SPDX-License-Identifier: Apache-2.0

/// What a family of servers allows in names, as far as it is known before the first CREATE.
///
/// Only what a family is known to refuse, to change or to take for something else is here: a name
/// is the source's own wherever the target may take it, and a refusal at CREATE is answered with
/// ``CreateAlternatives``.
package struct NamingProfile: Sendable, Equatable {
  /// Characters a segment may not contain, beside `/` and the delimiter.
  package var forbidden: Set<Unicode.Scalar> = []
  /// When set, the only ASCII characters a segment may contain.
  package var allowedASCII: Set<Unicode.Scalar>?
  /// Characters a segment may not begin with.
  package var forbiddenAtStart: Set<Unicode.Scalar> = []
  /// Blanks at both ends are taken away, and several become one.
  package var trimsBlanks = false
  /// Text is composed (NFC), and what is no character is left out.
  package var composes = false
  /// Bytes of one segment in modified UTF-7.
  package var segmentBytesMax = 255
  /// Characters (UTF-16 code units) of one segment; nil: only the bytes count.
  package var segmentUnitsMax: Int?
  /// Bytes of the whole name in modified UTF-7.
  package var pathBytesMax = 1000
  /// Whether names that differ in case only are one mailbox. Assumed unless it is known not to be.
  package var foldsCase = true
  /// Whether names that differ in normalisation only are one mailbox. Many servers compose names.
  package var foldsForms = true
  /// Top-level names that are taken for something else, case-folded. Those that a later reading
  /// would leave out of the hierarchy are never made, at no target.
  package var reservedAtTop = containers
  /// Names that are taken at every level, case-folded.
  package var reserved: Set<String> = []
  /// Roles whose mailbox cannot have mailboxes below it.
  package var rolesWithoutChildren: Set<MailboxRole> = []
  /// Whether one mailbox can hold both messages and mailboxes.
  package var allowsDualUse = true
  /// The top-level mailbox below which users' own mailboxes must be.
  package var container: String?
  /// How many mailboxes of their own users may have.
  package var mailboxCountMax: Int?
  /// The provider's own names for roles, used where they exist.
  package var roleNames: [MailboxRole: String] = [:]

  package init() {}

  package init(family: ServerFamily) {
    self.init()
    switch family {
    case .gmail: applyGmail()
    case .exchange, .davMail: applyExchange()
    case .yahoo: applyYahoo()
    case .iCloud, .qq: roleNames = [.sent: "Sent Messages", .trash: "Deleted Messages"]
    case .dovecot: applyDovecot()
    case .cyrus: applyCyrus()
    case .courier: foldsCase = false
    case .uw: applyUW()
    case .zimbra: applyZimbra()
    case .domino: rolesWithoutChildren = [.inbox]
    case .stalwart:
      trimsBlanks = true
      roleNames = [.sent: "Sent Items", .trash: "Deleted Items", .junk: "Junk Mail"]
    case .smarterMail:
      roleNames = [.sent: "Sent Items", .trash: "Deleted Items", .junk: "Junk E-Mail"]
    case .gmx: mailboxCountMax = 20
    case .protonBridge:
      container = "Folders"
      rolesWithoutChildren = Set(MailboxRole.allCases)
    case .dbmail: applyDBMail()
    case .james:
      foldsCase = false
      forbidden = ["."]
    // A path of 90 bytes was refused.
    case .yandex: pathBytesMax = 80
    case .archive:
      foldsCase = false
      foldsForms = false
      segmentBytesMax = 1 << 20
      pathBytesMax = 1 << 20
    case .generic, .hMailServer, .kerio, .groupWise, .mailRu, .netEase, .mailEnable, .axigen,
      .communiGate:
      break
    }
  }

  /// What hardly any server refuses: for a second try after a refusal without a usable reason.
  ///
  /// `\` is a delimiter elsewhere, `%` and `*` are wildcards of LIST, and `"` needs quoting that
  /// not every program gets right; a home directory, a namespace, and a hidden file begin with the
  /// three others.
  package var careful: NamingProfile {
    var careful = self
    careful.forbidden.formUnion(["\\", "%", "*", "\""])
    careful.forbiddenAtStart.formUnion(["~", "#", "."])
    careful.trimsBlanks = true
    careful.composes = true
    return careful
  }

  /// The narrowest profile: for a third try.
  package var strict: NamingProfile {
    var strict = careful
    strict.allowedASCII = Self.lettersAndDigits.union([" ", "-", "_", "(", ")"])
    strict.forbidden = []
    return strict
  }

  /// ``ListedMailbox/Container`` that any server may have.
  private static let containers: Set = ["[gmail]", "[google mail]", "[imap]", "mailspring"]

  static let lettersAndDigits = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars)

  private mutating func applyGmail() {
    forbidden = ["^"]
    trimsBlanks = true
    segmentUnitsMax = 225
  }

  private mutating func applyExchange() {
    trimsBlanks = true
    segmentUnitsMax = 250
    reservedAtTop.formUnion([
      "files", "calendar", "contacts", "tasks", "journal", "notes", "rss feeds", "sync issues",
    ])
    roleNames = [.sent: "Sent Items", .trash: "Deleted Items", .junk: "Junk Email"]
  }

  private mutating func applyYahoo() {
    roleNames = [.drafts: "Draft", .junk: "Bulk Mail"]
    rolesWithoutChildren = [.sent, .drafts, .trash, .junk]
  }

  private mutating func applyDovecot() {
    foldsCase = false
    reserved = ["cur", "new", "tmp"]
  }

  private mutating func applyCyrus() {
    foldsCase = false
    // The rest of its set is not portable: `^` stands for a dot inside.
    allowedASCII = Self.lettersAndDigits.union(" #$'()*+,-.:=?@[]_~&".unicodeScalars)
    forbiddenAtStart = ["$", "~"]
    pathBytesMax = 480
    reservedAtTop.insert("user")
  }

  private mutating func applyUW() {
    foldsCase = false
    allowsDualUse = false
    forbiddenAtStart = ["/", "~", "#"]
  }

  private mutating func applyZimbra() {
    forbidden = [":", "\""]
    segmentUnitsMax = 128
    reservedAtTop.formUnion([
      "contacts", "emailed contacts", "calendar", "tasks", "briefcase", "chats",
    ])
  }

  private mutating func applyDBMail() {
    allowedASCII = Self.lettersAndDigits.union(" -=_.&,+@()[]'#".unicodeScalars)
    segmentUnitsMax = 100
  }
}
