// mailmove: names that mean something at one provider only.
// SPDX-License-Identifier: Apache-2.0

/// Names whose role follows from the provider.
///
/// Each entry is taken only at hosts under one of its suffixes, and matched as a whole path in
/// matching form, its segments joined by `/`.
enum HostNames {
  struct Provider: Sendable {
    let suffixes: [String]
    let roles: [String: MailboxRole]
    /// Names that a table would take for a role, but that hold a user's mail here.
    let plain: Set<String>

    init(_ suffixes: [String], _ roles: [String: MailboxRole], plain: Set<String> = []) {
      self.suffixes = suffixes
      self.roles = roles
      self.plain = plain
    }
  }

  /// What a provider says about a name.
  enum Verdict: Sendable, Equatable {
    case role(MailboxRole)
    /// A mailbox like any other.
    case plain
  }

  /// The provider's word on a path; nil when the host or the name is not in the table.
  static func verdict(host: String, path: [String]) -> Verdict? {
    guard path.count <= 2, let provider = provider(of: host) else { return nil }
    let form = path.map { MatchingForm($0).text }.joined(separator: "/")
    if let role = provider.roles[form] { return .role(role) }
    return provider.plain.contains(form) ? .plain : nil
  }

  static func provider(of host: String) -> Provider? {
    providers.first { provider in
      provider.suffixes.contains { host == $0 || host.hasSuffix("." + $0) }
    }
  }

  private static let providers: [Provider] = [
    Provider(["laposte.net"], ["inbox/outbox": .sent, "outbox": .sent]),
    Provider(
      ["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "web.de", "mail.com"],
      ["spamverdacht": .junk, "gelöscht": .trash, "gesendet": .sent, "entwürfe": .drafts],
      plain: ["unbekannt"]),
    Provider(
      ["yahoo.com", "yahoo.co.jp", "yahoodns.net", "aol.com"],
      ["bulk mail": .junk, "bulk": .junk, "draft": .drafts, "saved": .archive]),
    Provider(["mailo.com", "mailo.net", "net-c.com"], ["draftbox": .drafts, "unsolbox": .junk]),
    Provider(
      ["rambler.ru"],
      ["sentbox": .sent, "draftbox": .drafts, "spam": .junk, "trash": .trash]),
    Provider(
      ["mail.ru", "yandex.ru", "yandex.com", "ukr.net"],
      [
        "отправленные": .sent, "черновики": .drafts, "спам": .junk, "корзина": .trash,
        "удаленные": .trash,
      ]),
    Provider(
      ["qq.com"],
      [
        "sent messages": .sent, "deleted messages": .trash, "junk": .junk, "drafts": .drafts,
      ]),
    Provider(
      ["163.com", "126.com", "yeah.net"],
      ["已发送": .sent, "草稿箱": .drafts, "已删除": .trash, "垃圾邮件": .junk]),
    Provider(["gmail.com", "googlemail.com"], ["[gmail]/lixo": .trash]),
  ]
}
