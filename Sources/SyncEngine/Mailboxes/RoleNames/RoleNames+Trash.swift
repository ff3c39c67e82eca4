// mailmove: names of the mailbox for deleted mail.
// SPDX-License-Identifier: Apache-2.0

extension RoleNames {
  /// Deleted mail. Sorted by language (BCP 47).
  static let trash: [LocalizedNames] = [
    LocalizedNames("af", plausible: ["Snippermandjie"]),
    LocalizedNames(
      "ar", ["المهملات", "العناصر المحذوفة", "مهـملات"], plausible: ["مُهملات", "سلّة المهملات"]),
    LocalizedNames("ast", ["Papelera"]),
    LocalizedNames("az", plausible: ["Səbət", "Tullantı"]),
    LocalizedNames("be", ["Сметніца", "Выдаленыя"], plausible: ["Выдаленыя аб’екты"]),
    LocalizedNames("bg", ["Кошче"]),
    LocalizedNames("br", ["Pod-lastez"], plausible: ["Kest"]),
    LocalizedNames("bs", ["Otpad"], plausible: ["Kanta za otpad"]),
    LocalizedNames(
      "ca", ["Paperera", "Elements suprimits"],
      plausible: ["Cubell d'escombraries", "Elements eliminats"]),
    LocalizedNames(
      "cs", ["Koš", "Odstraněná pošta", "Smazané zprávy"], plausible: ["Smazaná pošta"]),
    LocalizedNames("cy", ["Sbwriel"]),
    LocalizedNames(
      "da", ["Papirkurv", "Slettede beskeder", "Slettede elementer", "Slettet post"],
      plausible: ["Affald"]),
    LocalizedNames("de", ["Papierkorb", "Gelöscht", "Gelöschte Objekte", "Gelöschte Elemente"]),
    LocalizedNames(
      "el", ["Απορρίμματα", "Κάδος Απορριμάτων", "Κάδος απορριμμάτων"], plausible: ["Διαγεγραμμένα"]
    ),
    LocalizedNames(
      "en", ["Trash", "Deleted Items", "Deleted Messages", "Deleted"], plausible: ["Bin"]),
    LocalizedNames(
      "eo", ["Rubujo"], plausible: ["Forigitaj elementoj", "Forigitaj eroj", "Forigitaj mesaĝoj"]),
    LocalizedNames("es", ["Papelera", "Elementos eliminados"], plausible: ["Eliminados"]),
    LocalizedNames("et", ["Prügikast"], plausible: ["Kustutatud", "Prügi"]),
    LocalizedNames(
      "eu", ["Zakarrontzia", "Ezabatutako elementuak"], plausible: ["Ezabatutako mezuak"]),
    LocalizedNames("fa", ["زبالهدان", "سطل آشغال", "موارد حذف شده"], plausible: ["اشغال دانی"]),
    LocalizedNames(
      "fi", ["Roskakori", "Poistetut"], plausible: ["Poistetut kohteet", "Poistetut viestit"]),
    LocalizedNames("fil", ["Basurahan"]),
    LocalizedNames("fo", ["Skrell"]),
    LocalizedNames(
      "fr", ["Corbeille", "Éléments supprimés", "Poubelle"], plausible: ["Messages supprimés"]),
    LocalizedNames("fur", plausible: ["Elements eliminâts"]),
    LocalizedNames("fy", ["Jiskefet"]),
    LocalizedNames("ga", ["Bosca bruscair"]),
    LocalizedNames("gd", plausible: ["An sgudal", "Sgudal"]),
    LocalizedNames("gl", ["Papeleira", "Elementos eliminados"]),
    LocalizedNames("he", ["אשפה", "פריטים שנמחקו"], plausible: ["הודעות שנמחקו"]),
    LocalizedNames("hi", ["रद्दी", "ट्रैश करें"], plausible: ["कचरा"]),
    LocalizedNames("hr", ["Obrisane stavke", "Otpad"], plausible: ["Koš za smeće"]),
    LocalizedNames("hsb", plausible: ["Papjernik"]),
    LocalizedNames("hu", ["Kuka", "Törölt elemek"], plausible: ["Lomtár"]),
    LocalizedNames("hy", ["Աղբարկղ"]),
    LocalizedNames(
      "id", ["Tong Sampah", "Surat Terhapus"], plausible: ["Tempat Sampah", "Dihapus"]),
    LocalizedNames("is", ["Rusl"]),
    LocalizedNames(
      "it", ["Cestino", "Eliminata", "Messaggi eliminati", "Posta eliminata"],
      plausible: ["Oggetti eliminati"]),
    LocalizedNames("ja", ["ごみ箱", "ゴミ箱", "削除済みアイテム"], plausible: ["削除したアイテム"]),
    LocalizedNames("ka", ["წაშლილი"], plausible: ["ურნა"]),
    LocalizedNames("kk", ["Қоқыс шелегі", "Өшірілген нәрселер"], plausible: ["Себет"]),
    LocalizedNames("km", ["ធុងសំរាម"]),
    LocalizedNames("ko", ["휴지통", "지운 편지함"], plausible: ["삭제한 메시지", "삭제한 항목"]),
    LocalizedNames("ku", plausible: ["Çop", "Jêbirdank"]),
    LocalizedNames("lb", ["Poubelle"]),
    LocalizedNames(
      "lt", ["Šiukšlinė", "Ištrinti laiškai", "Šiukšliadėžė"], plausible: ["Šiukšlių dėžė"]),
    LocalizedNames("lv", ["Atkritne", "Papīrgrozs", "Dzēstie vienumi", "Miskaste"]),
    LocalizedNames("mk", plausible: ["Корпа"]),
    LocalizedNames("ml", ["ചവറ്റുകുട്ട"], plausible: ["ചവറ്റുകൊട്ട"]),
    LocalizedNames("mn", ["Хогийн сав"]),
    LocalizedNames("ms", ["Tong Sampah", "Item Dipadam"], plausible: ["Mesej Dipadam"]),
    LocalizedNames("nb", ["Papirkurv", "Slettede elementer", "Slettet"]),
    LocalizedNames(
      "nl", ["Prullenbak", "Verwijderde items"], plausible: ["Verwijderde berichten"]),
    LocalizedNames("nn", ["Papirkurv", "Sletta"], plausible: ["Papirkorg"]),
    LocalizedNames("oc", ["Elements suprimits"], plausible: ["Escobilhièr"]),
    LocalizedNames(
      "pl", ["Kosz", "Usunięte wiadomości", "Elementy usunięte"], plausible: ["Usunięta poczta"]),
    LocalizedNames("pt", ["Itens Eliminados", "Lixeira"]),
    LocalizedNames("pt-BR", ["Lixeira", "Itens excluídos"], plausible: ["Mensagens excluídas"]),
    LocalizedNames(
      "ro", ["Gunoi", "Elemente șterse", "Coş de gunoi"], plausible: ["Coș de gunoi", "Șterse"]),
    LocalizedNames("ru", ["Корзина", "Удаленные"], plausible: ["Удаленные объекты"]),
    LocalizedNames("si", ["ඉවතලන බඳුන"]),
    LocalizedNames(
      "sk", ["Kôš"], plausible: ["Odpadkový kôš", "Odstránená pošta", "Odstránené položky"]),
    LocalizedNames(
      "sl", ["Smeti", "Izbrisani predmeti", "Smetnjak"], plausible: ["Koš", "Izbrisana sporočila"]),
    LocalizedNames("sq", ["Hedhurina"]),
    LocalizedNames("sr", ["Смеће", "Обрисане ставке"]),
    LocalizedNames("sr-Latn", ["Obrisane stavke"]),
    LocalizedNames("sv", ["Papperskorg", "Papperskorgen", "Borttagna objekt", "Borttaget"]),
    LocalizedNames("th", ["ถังขยะ"]),
    LocalizedNames("tr", ["Çöp Kutusu", "Çöp", "Silinmiş Öğeler"], plausible: ["Silinen Ögeler"]),
    LocalizedNames("uk", ["Кошик", "Смітник", "Видалені", "Вилучені записи"]),
    LocalizedNames("uz", plausible: ["Savat", "Chiqitdon"]),
    LocalizedNames("vi", ["Thùng rác"]),
    LocalizedNames("zh-CN", ["已删除邮件", "回收站", "垃圾桶"], plausible: ["已删除项目"]),
    LocalizedNames("zh-TW", ["垃圾桶", "刪除的郵件"], plausible: ["回收筒"]),
  ]
}
