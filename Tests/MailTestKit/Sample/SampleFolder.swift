// mailmove: the mailboxes of the sample account.
// SPDX-License-Identifier: Apache-2.0

/// A mailbox of Hanna's account and what is usual in it.
struct SampleFolder {
  let path: String
  let language: SampleLanguage
  /// Its share of the messages; 0 keeps it empty.
  var weight = 3
  var isSubscribed = true
  /// Flags every message in it has.
  var usualFlags: [String] = []

  static let all: [SampleFolder] = [
    SampleFolder(path: "INBOX", language: .german, weight: 20),
    SampleFolder(path: "Gesendet", language: .german, weight: 10, usualFlags: ["\\Seen"]),
    SampleFolder(
      path: "Entwürfe", language: .german, weight: 2, usualFlags: ["\\Draft", "\\Seen"]),
    SampleFolder(path: "Papierkorb", language: .english, weight: 4, usualFlags: ["\\Seen"]),
    SampleFolder(
      path: "Werbung und Unfug", language: .english, weight: 3, isSubscribed: false,
      usualFlags: ["Junk"]),
    SampleFolder(path: "Archiv/2008", language: .german, weight: 6),
    SampleFolder(path: "Archiv/2010/Frühjahr", language: .german, weight: 4),
    SampleFolder(path: "Rechnungen & Belege", language: .german, weight: 5),
    SampleFolder(path: "Projekte/Müller & Söhne/Angebote", language: .german, weight: 4),
    SampleFolder(
      path: "Projekte/Müller & Söhne/Angebote/Endgültig/Wirklich endgültig", language: .german,
      weight: 1),
    SampleFolder(path: "Famille/Été à Noirmoutier", language: .french, weight: 5),
    SampleFolder(path: "Famille/Recettes d’Élodie", language: .french, weight: 3),
    SampleFolder(path: "Przepisy/Zupy i żurek", language: .polish, weight: 3),
    SampleFolder(path: "Podróże/Łódź", language: .polish, weight: 3),
    SampleFolder(path: "旅行/京都/紅葉", language: .japanese, weight: 4),
    SampleFolder(path: "Chor/Noten/Weihnachten 🎄", language: .german, weight: 3),
    SampleFolder(path: "R&D", language: .english, weight: 3),
    SampleFolder(path: "Zwei  Leerzeichen", language: .german, weight: 1, isSubscribed: false),
    SampleFolder(path: "Noch leer", language: .german, weight: 0),
  ]

  private static let combinations: [[String]] = [
    ["\\Seen"], ["\\Seen", "\\Answered"], [], ["\\Flagged"], ["\\Seen", "$Forwarded"],
    ["\\Seen", "NonJunk"], ["\\Seen", "\\Answered", "\\Flagged", "$MDNSent"],
    ["\\Deleted", "\\Seen"], ["\\Seen", "$label1", "NonJunk"], ["Wichtig", "\\Seen"],
    ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$Forwarded", "Chor-2011"],
  ]

  func flags(index: Int, random: inout SeededGenerator) -> [String] {
    let chosen =
      index % 3 == 0
      ? Self.combinations[index / 3 % Self.combinations.count] : random.pick(Self.combinations)
    return chosen + usualFlags.filter { !chosen.contains($0) }
  }
}
