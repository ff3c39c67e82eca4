// mailmove: tests of the matching form.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import SyncEngine

@Suite struct MatchingFormTests {
  @Test(arguments: [
    ("Sent Items", "sent items"), ("sent-mail", "sent mail"), ("SENT_MAIL", "sent mail"),
    ("  Sent \u{2011} Mail ", "sent mail"), ("Ｓｅｎｔ", "sent"), ("İstenmeyen", "istenmeyen"),
    ("Удалённые", "удаленные"), ("مهـملات", "مهملات"), ("Boîte d’envoi", "boîte d'envoi"),
    ("\u{202E}Sent", "sent"), ("Cafe\u{301}", "café"), ("STRASSE", "strasse"),
    ("Straße", "strasse"),
  ])
  func foldsWhatPeopleDoNotSee(name: String, form: String) {
    #expect(MatchingForm(name).text.unicodeScalars.elementsEqual(form.unicodeScalars))
  }

  @Test func keepsTurkishDotlessIApart() {
    #expect(MatchingForm("Kıs") != MatchingForm("Kis"))
  }

  @Test func keepsAccentsApart() {
    #expect(MatchingForm("Koš") != MatchingForm("Kos"))
    #expect(MatchingForm("Koš").withoutMarks == MatchingForm("Kos").withoutMarks)
  }

  @Test func formOfAFormIsTheSameForm() {
    var random = SeededGenerator.printingSeed()
    for _ in 0..<1000 {
      let text = random.text(upTo: 8)
      let form = MatchingForm(text).text
      let again = MatchingForm(form).text
      #expect(
        again.unicodeScalars.elementsEqual(form.unicodeScalars),
        "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test func formOfEveryScalarIsStable() {
    for value in Array(0..<0x3000) + Array(0xF900..<0x10000) as [UInt32] {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let form = MatchingForm(String(scalar)).text
      let again = MatchingForm(form).text
      if !again.unicodeScalars.elementsEqual(form.unicodeScalars) {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }
}
