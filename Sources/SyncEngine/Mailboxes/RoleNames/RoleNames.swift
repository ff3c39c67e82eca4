// mailmove: what the name of a mailbox says about its role.
// SPDX-License-Identifier: Apache-2.0

/// The tables of names that people and programs give to mailboxes with a role.
///
/// A name is looked up as a whole, in its matching form, and only at the top of the tree. The
/// tables are reviewed by hand: verbs, names that mean "bulk mail" or plain "garbage", and everyday
/// words are left out, because a wrong guess sends mail where servers purge it.
package enum RoleNames {
  /// How far a name may be believed.
  package enum Tier: Sendable, Equatable {
    /// Decides by itself.
    case trusted
    /// Decides only where nothing else has the role.
    case plausible
  }

  package struct Match: Sendable, Equatable {
    package let role: MailboxRole
    package let tier: Tier
  }

  /// What a name means at the top of a tree; nil for unknown and for ambiguous names.
  package static func match(_ form: MatchingForm) -> Match? { byForm[form] }

  /// What a name means below `[Gmail]`, where the names are Gmail's own.
  package static func matchBelowGmail(_ form: MatchingForm) -> Match? {
    gmailByForm[form] ?? byForm[form]
  }

  /// The role of a name that differs from a known one by accents only; good for a question.
  package static func suggestion(for form: MatchingForm) -> MailboxRole? {
    byUnmarkedText[form.withoutMarks]
  }

  /// The tables whose names decide a role at the top of a tree.
  static let tables: [(role: MailboxRole, rows: [LocalizedNames])] = [
    (.sent, sent), (.drafts, drafts), (.trash, trash), (.junk, junk), (.archive, archive),
    (.templates, templates), (.outbox, outbox),
  ]

  /// Gmail's own names; the rest of its mailboxes is in the common tables.
  static let gmailTables: [(role: MailboxRole, rows: [LocalizedNames])] = [
    (.all, allMail),
    (.flagged, [LocalizedNames("en", ["Starred"])]),
    (.important, [LocalizedNames("en", ["Important"])]),
    (.chats, [LocalizedNames("en", ["Chats"])]),
  ]

  private static let byForm = index(tables)
  private static let gmailByForm = index(gmailTables)

  /// Roles by unaccented text; texts that two roles share are left out.
  private static let byUnmarkedText: [String: MailboxRole] = {
    var roles: [String: MailboxRole?] = [:]
    for (form, match) in byForm {
      let text = form.withoutMarks
      if let known = roles[text], known != match.role {
        roles[text] = .some(nil)
      } else {
        roles[text] = match.role
      }
    }
    return roles.compactMapValues { $0 }
  }()

  private static func index(
    _ tables: [(role: MailboxRole, rows: [LocalizedNames])]
  ) -> [MatchingForm: Match] {
    var byForm: [MatchingForm: Match] = [:]
    for (role, rows) in tables {
      for row in rows {
        for name in row.plausible {
          let form = MatchingForm(name)
          if byForm[form] == nil { byForm[form] = Match(role: role, tier: .plausible) }
        }
      }
      for row in rows {
        for name in row.trusted {
          byForm[MatchingForm(name)] = Match(role: role, tier: .trusted)
        }
      }
    }
    for form in AmbiguousNames.readings.keys { byForm[form] = nil }
    return byForm
  }
}
