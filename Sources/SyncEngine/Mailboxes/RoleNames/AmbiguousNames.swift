// mailmove: names that mean two things.
// SPDX-License-Identifier: Apache-2.0

/// Names that one half of the world uses for one role and the other half for another.
///
/// They never decide alone: servers purge trash and train filters on junk, so a wrong guess loses
/// mail.
package enum AmbiguousNames {
  package struct Readings: Sendable, Equatable {
    package let first: MailboxRole
    package let second: MailboxRole

    /// The reading that is left when one is known to be wrong; nil if that one is not a reading.
    package func other(than role: MailboxRole) -> MailboxRole? {
      role == first ? second : role == second ? first : nil
    }
  }

  package static let readings: [MatchingForm: Readings] = Dictionary(
    uniqueKeysWithValues: table.flatMap { first, second, names in
      names.map { (MatchingForm($0), Readings(first: first, second: second)) }
    })

  private static let table: [(first: MailboxRole, second: MailboxRole, names: [String])] = [
    (
      .trash, .junk,
      [
        "Basura", "Bruscar", "Lixo", "Sampah", "Smeće", "Szemét", "Søppel", "Отпад", "Ѓубре", "זבל",
        "ئەخلەت", "ნაგავი", "垃圾", "垃圾箱",
      ]
    ),
    (
      .sent, .outbox,
      [
        "Bandeja de salida", "Boîte d'envoi", "Izsūtne", "Outbox", "Skrzynka nadawcza",
        "Адпраўленыя", "Вихідні", "דואר יוצא", "البريد الصادر", "กล่องขาออก", "寄件備份",
        "보낸 편지함",
      ]
    ),
    (.drafts, .templates, ["Predlošci", "Шаблони"]),
  ]
}
