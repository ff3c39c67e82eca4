// mailmove: what a folder plan says beside its rows.
// SPDX-License-Identifier: Apache-2.0

/// Something the operator should know, or answer, before a plan is frozen. Paths are for people.
package enum MappingNote: Sendable, Equatable, CustomStringConvertible {
  /// The name can mean either role; nothing was assumed.
  case ambiguousName(String, MailboxRole, MailboxRole)
  /// The name looks like one for a role; nothing was assumed.
  case looksLikeRole(String, MailboxRole)
  /// Several mailboxes have one role.
  case severalWithRole(MailboxRole, leader: String, others: [String])
  /// An attribute that nearly every mailbox has.
  case distrustedAttribute(String)
  /// A name that looks misread, and what it may have been.
  case misreadName(String, String)
  /// The bytes of the name were not valid; the text is a guess.
  case repairedName(String)
  /// Exchange does not list mailboxes with `/` in their names.
  case slashNamesAreHidden
  /// Messages that no other mailbox holds stay behind with this one: as many as it has more than
  /// all the others together, or more. nil: the server did not say how many there are.
  case onlyCopyMayBeHere(String, messages: Int64?, onlyHere: Int64?)
  /// The target takes fewer mailboxes than the plan creates.
  case tooManyMailboxes(needed: Int, allowed: Int)
  /// Mail goes where many servers delete by age.
  case purgedByAge([String])
  /// Mailboxes skipped because of their names.
  case skippedAsNonMail([String])
  /// Mailboxes of others.
  case skippedAsShared(Int)

  package var description: String {
    switch self {
    case .ambiguousName(let path, let first, let second):
      """
      '\(path)' can mean \(first.rawValue) or \(second.rawValue); it is copied as a folder of its \
      own. To decide, use --map '\(path)=\(Self.answer(first, second))'.
      """
    case .looksLikeRole(let path, let role):
      "'\(path)' looks like the folder for \(role.rawValue); if it is, use --map."
    case .severalWithRole(let role, let leader, let others):
      """
      '\(leader)' is taken as the folder for \(role.rawValue); also marked or named so: \
      \(Self.list(others)).
      """
    case .distrustedAttribute(let attribute):
      "Nearly every folder is marked \(attribute), so the mark is not believed."
    case .misreadName(let path, let guess): "'\(path)' looks like a misread '\(guess)'."
    case .repairedName(let path): "The name of '\(path)' is not valid IMAP; its text is a guess."
    case .slashNamesAreHidden:
      """
      Exchange does not show folders with '/' in their names to IMAP at all. Rename such folders \
      there first, or their mail stays behind.
      """
    case .onlyCopyMayBeHere(let path, let messages, let onlyHere):
      """
      '\(path)'\(messages.map { " (\($0) messages)" } ?? "") IS NOT COPIED, because it repeats the \
      other folders. But mail that was archived without a label is only there and stays behind\
      \(Self.atLeast(onlyHere)). To copy all of it too, and what has a label once more, use \
      --map '\(path)=Archive'.
      """
    case .tooManyMailboxes(let needed, let allowed):
      """
      The plan needs \(needed) folders at the target, which allows about \(allowed). Put some \
      together with --map, or leave some out with --exclude.
      """
    case .purgedByAge(let paths):
      "Many servers delete old mail in \(Self.list(paths)); check before the move."
    case .skippedAsNonMail(let paths):
      "Not copied, because they usually hold no mail: \(Self.list(paths)). Use --map to copy them."
    case .skippedAsShared(let count):
      "\(count) shared folders are not copied; use --include-shared to copy them."
    }
  }

  private static func atLeast(_ count: Int64?) -> String {
    guard let count, count > 0 else { return "" }
    return ": at least \(count) messages"
  }

  private static func list(_ paths: [String]) -> String {
    paths.map { "'\($0)'" }.joined(separator: ", ")
  }

  /// The attribute of the first reading that a rule can name.
  private static func answer(_ first: MailboxRole, _ second: MailboxRole) -> String {
    first.specialUse ?? second.specialUse ?? "NAME"
  }
}
