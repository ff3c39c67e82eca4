// mailmove: names of the mailbox for templates.
// SPDX-License-Identifier: Apache-2.0

extension RoleNames {
  /// Templates; kept as plain mailboxes. Sorted by language (BCP 47).
  static let templates: [LocalizedNames] = [
    LocalizedNames("ca", ["Plantilles"]),
    LocalizedNames("cs", ["Šablony"]),
    LocalizedNames("da", ["Skabeloner"]),
    LocalizedNames("de", ["Vorlagen"]),
    LocalizedNames("el", ["Πρότυπα"]),
    LocalizedNames("en", ["Templates"]),
    LocalizedNames("es", ["Plantillas"]),
    LocalizedNames("eu", ["Txantiloiak"]),
    LocalizedNames("fr", ["Modèles"]),
    LocalizedNames("gl", ["Modelos"]),
    LocalizedNames("he", ["תבניות"]),
    LocalizedNames("hu", ["Sablonok"]),
    LocalizedNames("id", ["Templat"]),
    LocalizedNames("it", ["Modelli"]),
    LocalizedNames("ja", ["テンプレート"]),
    LocalizedNames("lt", ["Šablonai"]),
    LocalizedNames("lv", ["Sagataves"]),
    LocalizedNames("nb", ["Maler"]),
    LocalizedNames("nl", ["Sjablonen"]),
    LocalizedNames("pl", ["Szablony"]),
    LocalizedNames("pt", ["Modelos"]),
    LocalizedNames("pt-BR", ["Modelos"]),
    LocalizedNames("ro", ["Șabloane"]),
    LocalizedNames("ru", ["Шаблоны"]),
    LocalizedNames("sk", ["Šablóny"]),
    LocalizedNames("sl", ["Predloge"]),
    LocalizedNames("sv", ["Mallar"]),
    LocalizedNames("tr", ["Şablonlar"]),
    LocalizedNames("zh-CN", ["模板"]),
    LocalizedNames("zh-TW", ["範本"]),
  ]
}
