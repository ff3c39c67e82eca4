// mailmove: names of the mailbox for sent mail.
// SPDX-License-Identifier: Apache-2.0

extension RoleNames {
  /// Sent mail. Sorted by language (BCP 47).
  static let sent: [LocalizedNames] = [
    LocalizedNames("af", plausible: ["Gestuur"]),
    LocalizedNames("ar", ["المرسل", "العناصر المرسلة"], plausible: ["البريد المرسل", "المُرسَل"]),
    LocalizedNames("ast", ["Unviaos"], plausible: ["Unvios fechos"]),
    LocalizedNames("az", ["Göndərilənlər"], plausible: ["Göndərilən"]),
    LocalizedNames("be", ["Дасланыя"], plausible: ["Адпраўлена", "Адпраўленыя аб’екты"]),
    LocalizedNames("bg", ["Изпратени"], plausible: ["Изпратени писма", "Изпратено"]),
    LocalizedNames("bs", ["Poslano", "Poslana pošta"], plausible: ["Poslana e-pošta"]),
    LocalizedNames("ca", ["Enviats", "Enviat", "Elements enviats"], plausible: ["Correu enviat"]),
    LocalizedNames("cs", ["Odeslané", "Odeslaná pošta", "Odeslané zprávy"]),
    LocalizedNames("cy", ["Danfonwyd"], plausible: ["Anfonwyd"]),
    LocalizedNames("da", ["Sendt", "Sendt post", "Sendte"], plausible: ["Sendt mail"]),
    LocalizedNames(
      "de", ["Gesendet", "Gesendete Elemente", "Gesendete Objekte"], plausible: ["Gesendete E-Mail"]
    ),
    LocalizedNames(
      "el", ["Απεσταλμένα", "Απεσταλμένα Μηνύματα"],
      plausible: ["Απεσταλμένα αντικείμενα", "Απεσταλμένα μηνύματα ηλ. ταχυδρομείου"]),
    LocalizedNames("en", ["Sent", "Sent Items", "Sent Messages", "Sent Mail", "Sentmail"]),
    LocalizedNames(
      "eo", ["Senditujo"], plausible: ["Sendita", "Senditaj eroj", "Senditaj mesaĝoj"]),
    LocalizedNames("es", ["Enviados", "Elementos enviados", "Enviado"]),
    LocalizedNames("et", ["Saadetud", "Saadetud Kirjad"]),
    LocalizedNames("eu", ["Bidalitakoak", "Bidalitako elementuak"]),
    LocalizedNames("fa", ["ارسال شده", "فرستاده", "موارد فرستاده"], plausible: ["ارسالی"]),
    LocalizedNames("fi", ["Lähetetyt"], plausible: ["Lähetetyt kohteet", "Lähetetyt viestit"]),
    LocalizedNames("fr", ["Envoyés", "Éléments envoyés", "Envoyé", "Messages envoyés"]),
    LocalizedNames("fur", plausible: ["Elements inviâts"]),
    LocalizedNames("fy", ["Ferstjoerd"]),
    LocalizedNames("ga", plausible: ["Seolta"]),
    LocalizedNames("gd", plausible: ["Air a chur", "Am post cuirte"]),
    LocalizedNames("gl", ["Elementos enviados", "Enviado", "Enviados"], plausible: ["Enviadas"]),
    LocalizedNames("he", ["נשלח", "פריטים שנשלחו"], plausible: ["נשלחו"]),
    LocalizedNames("hi", ["भेजा गया"], plausible: ["भेजे गए"]),
    LocalizedNames("hr", ["Poslano"], plausible: ["Poslana pošta"]),
    LocalizedNames("hsb", plausible: ["Pósłane"]),
    LocalizedNames(
      "hu", ["Elküldött", "Elküldött elemek", "Elküldött üzenetek"],
      plausible: ["Elküldött levelek"]),
    LocalizedNames("hy", ["Ուղարկված"], plausible: ["Ուղարկուած"]),
    LocalizedNames("id", ["Terkirim"], plausible: ["Butir Terkirim", "Dikirim", "Pesan Terkirim"]),
    LocalizedNames(
      "it", ["Posta Inviata", "Inviata", "Messaggi inviati"], plausible: ["E-mail inviate"]),
    LocalizedNames("ja", ["送信済み", "送信済みアイテム", "送信済みメール"], plausible: ["送信済みトレイ", "送信したアイテム"]),
    LocalizedNames("ka", ["გაგზავნილი"], plausible: ["გაგზავნილია"]),
    LocalizedNames("kk", ["Жіберілген", "Жіберілген нәрселер"], plausible: ["Жіберілген хаттар"]),
    LocalizedNames("km", ["សំបុត្រដែលបានបញ្ជូន"], plausible: ["បានផ្ញើ"]),
    LocalizedNames("ko", ["보냄"], plausible: ["보낸 메시지"]),
    LocalizedNames("ku", ["Şandî"]),
    LocalizedNames("lb", ["Verschéckt"]),
    LocalizedNames("lt", ["Išsiųsti laiškai", "Išsiųsti"]),
    LocalizedNames("lv", ["Nosūtītās", "Nosūtīts"], plausible: ["Nosūtītie"]),
    LocalizedNames("mk", ["Пратени"], plausible: ["Испратени"]),
    LocalizedNames("ml", ["അയച്ചവ"], plausible: ["അയച്ച മെയിലുകള്"]),
    LocalizedNames("mn", ["Илгээсэн"]),
    LocalizedNames("ms", plausible: ["Dihantar", "Item Dihantar", "Mesej Dihantar"]),
    LocalizedNames(
      "nb", ["Sendt", "Sendte elementer"], plausible: ["Sendt e-post", "Sendte meldinger"]),
    LocalizedNames(
      "nl", ["Verzonden", "Verzonden berichten", "Verzonden items"],
      plausible: ["Verstuurde berichten"]),
    LocalizedNames("nn", ["Sendt"]),
    LocalizedNames("oc", ["Elements mandats", "Messatges mandats"]),
    LocalizedNames("pl", ["Wysłane", "Elementy wysłane"], plausible: ["Wysłana poczta"]),
    LocalizedNames("pt", ["Enviados", "Enviadas", "Correio enviado", "E-mails enviados"]),
    LocalizedNames(
      "pt-BR", ["Enviados", "Enviado", "Itens enviados", "E-mails enviados", "Emails enviados"],
      plausible: ["Enviadas"]),
    LocalizedNames("ro", ["Trimise", "Mesaje trimise", "Elemente trimise"], plausible: ["Trimis"]),
    LocalizedNames(
      "ru", ["Отправленные", "Отправленные объекты", "Отправленные элементы"],
      plausible: ["Отправленные сообщения"]),
    LocalizedNames("si", ["යැවූ"]),
    LocalizedNames(
      "sk", ["Odoslané", "Odoslaná pošta", "Odoslané správy"], plausible: ["Odoslaná"]),
    LocalizedNames(
      "sl", ["Poslano", "Poslana pošta", "Poslani predmeti"], plausible: ["Poslana sporočila"]),
    LocalizedNames("sq", ["Të dërguar"]),
    LocalizedNames("sr", ["Послато", "Послате", "Послате ставке"], plausible: ["Послата"]),
    LocalizedNames("sr-Latn", ["Poslato", "Poslate stavke"], plausible: ["Poslata"]),
    LocalizedNames("sv", ["Skickat", "Skickade objekt"], plausible: ["Skickade brev"]),
    LocalizedNames("th", plausible: ["ส่งแล้ว", "ที่ส่งแล้ว"]),
    LocalizedNames(
      "tr", ["Gönderilmiş", "Gönderilmiş Öğeler"], plausible: ["Gönderilen", "Gönderilenler"]),
    LocalizedNames("ug", plausible: ["ئەۋەتىلگەن"]),
    LocalizedNames("uk", ["Надіслані"], plausible: ["Надіслано"]),
    LocalizedNames("uz", ["Jo`natilgan xatlar"], plausible: ["Jo‘natilgan"]),
    LocalizedNames("vi", ["Đã gửi"], plausible: ["Thư đã gửi"]),
    LocalizedNames("zh-CN", ["已发送邮件", "已发送", "已发送消息"], plausible: ["已发送项目"]),
    LocalizedNames("zh-TW", ["已傳送"], plausible: ["傳送郵件"]),
  ]
}
