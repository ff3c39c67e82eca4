// mailmove: names of the mailbox for mail waiting to be sent.
// SPDX-License-Identifier: Apache-2.0

extension RoleNames {
  /// Outboxes; kept as plain mailboxes. Sorted by language (BCP 47).
  static let outbox: [LocalizedNames] = [
    LocalizedNames("bg", ["Изходящи"]),
    LocalizedNames("ca", ["Safata de sortida"]),
    LocalizedNames("cs", ["K odeslání", "Pošta k odeslání"]),
    LocalizedNames("da", ["Udbakke"]),
    LocalizedNames("de", ["Postausgang"]),
    LocalizedNames("el", ["Εξερχόμενα"]),
    LocalizedNames("fa", ["صندوق خروجی"]),
    LocalizedNames("fi", ["Lähtevät"]),
    LocalizedNames("gl", ["Caixa de saída"]),
    LocalizedNames("hr", ["Odlazna pošta"]),
    LocalizedNames("hu", ["Postázandó üzenetek"]),
    LocalizedNames("id", ["Kotak Keluar"]),
    LocalizedNames("is", ["Úthólf"]),
    LocalizedNames("it", ["Posta in uscita"]),
    LocalizedNames("ja", ["送信トレイ"]),
    LocalizedNames("ko", ["보낼 편지함"]),
    LocalizedNames("nb", ["Utboks"]),
    LocalizedNames("nl", ["Postvak UIT"]),
    LocalizedNames("nn", ["Utboks"]),
    LocalizedNames("pl", ["Wychodzące"]),
    LocalizedNames("pt", ["Caixa de saída"]),
    LocalizedNames("pt-BR", ["Caixa de saída"]),
    LocalizedNames("ro", ["De trimis"]),
    LocalizedNames("ru", ["Исходящие"]),
    LocalizedNames("sk", ["Pošta na odoslanie"]),
    LocalizedNames("sq", ["Për dërgim"]),
    LocalizedNames("sr", ["За слање"]),
    LocalizedNames("sv", ["Utkorg", "Utkorgen"]),
    LocalizedNames("tr", ["Giden Kutusu", "Gönderilmemiş"]),
    LocalizedNames("vi", ["Hộp thư đi"]),
    LocalizedNames("zh-CN", ["发件箱"]),
    LocalizedNames("zh-TW", ["寄件匣"]),
  ]
}
