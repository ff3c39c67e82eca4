// mailmove: languages of the sample account.
// SPDX-License-Identifier: Apache-2.0

/// What people in Hanna's mail say, and who they are.
enum SampleLanguage: CaseIterable {
  case german, french, polish, japanese, english

  var people: [(name: String, address: String)] {
    switch self {
    case .german:
      [
        ("Jürgen Groß", "juergen@chor.example"), ("Hanna Brandt", "hanna@alt.example"),
        ("Möbelhaus Süd", "rechnung@moebel.example"),
      ]
    case .french: [("Élodie Lefèvre", "elodie@famille.example"), ("Noël", "noel@ile.example")]
    case .polish: [("Babcia Zofia", "zofia@lodz.example"), ("Paweł Żak", "pawel@lodz.example")]
    case .japanese: [("田中 花子", "hanako@kyoto.example"), ("山本", "yamamoto@kyoto.example")]
    case .english: [("Ann O'Dell", "ann@lab.example"), ("Robot", "no-reply@shop.example")]
    }
  }

  var subjects: [String] {
    switch self {
    case .german:
      ["Probe am Donnerstag", "Größere Schüsseln", "Ihre Rechnung über 12,50 €", "Zugfahrt"]
    case .french: ["Arrivée à l’île", "Où est la clé ?", "Gâteau aux pommes", "Photos de l’été"]
    case .polish: ["Żurek na niedzielę", "Pociąg do Łodzi", "Zdjęcia ze ślubu", "Święta"]
    case .japanese: ["紅葉の写真", "土曜日の待ち合わせ", "お茶の時間", "電車の切符"]
    case .english: ["Results of run nine", "Your parcel", "Notes on the valve", "Lunch?"]
    }
  }

  var sentences: [String] {
    switch self {
    case .german:
      [
        "Am Donnerstag singen wir früher, weil der Saal um acht schließt.",
        "Bring bitte die grünen Mappen mit, die Bässe haben ihre verloren.",
        "Der Zug hatte fünfzig Minuten Verspätung, dafür gab es heißen Tee.",
        "Für die Größe der Schüsseln übernehmen wir keine Gewähr.",
      ]
    case .french:
      [
        "Le bateau part à sept heures, n’oubliez pas les manteaux.",
        "La clé est sous le pot de géraniums, comme chaque été.",
        "J’ai mangé trop de gâteau et je ne regrette rien.",
        "Les enfants ont trouvé un crabe énorme près du phare.",
      ]
    case .polish:
      [
        "Zakwas musi stać pięć dni w ciepłym miejscu.",
        "Pociąg z Łodzi spóźnił się, ale zdążyłam na obiad.",
        "Przyślij mi zdjęcia ze ślubu, obiecałaś już w maju.",
        "Gęś była za tłusta, następnym razem zrobimy źrebaka z ciasta.",
      ]
    case .japanese:
      [
        "山の紅葉は来週がいちばんきれいだそうです。",
        "土曜日の朝、駅の前で待っています。",
        "お茶とお菓子を持って行きますね。",
        "写真を三枚送ります。最後の一枚が好きです。",
      ]
    case .english:
      [
        "The valve leaked again, so we tied it shut with string.",
        "Run nine is the first one that did not catch fire.",
        "Your parcel waits at the shop behind the red door.",
        "Lunch at one, unless the meeting finds a reason to live.",
      ]
    }
  }
}
