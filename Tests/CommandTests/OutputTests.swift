// mailmove: tests of text for people and programs.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct OutputTests {
  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1234, "-1,234"),
    ])
  func countsAreGrouped(number: Int, text: String) {
    #expect(Quantity.count(number) == text)
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1234, "1.23 kB"), (9995, "10.0 kB"),
      (48_123_456, "48.1 MB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
      (150_000_000_000, "150 GB"), (Int64.max, "9223 PB"),
    ] as [(Int64, String)])
  func sizesHaveThreeDigits(number: Int64, text: String) {
    #expect(Quantity.bytes(number) == text)
  }

  @Test(
    arguments: [
      (-1, "0s"), (59, "59s"), (60, "1m 00s"), (3599, "59m 59s"), (3661, "1h 01m"),
      (90000, "1d 1h"),
    ])
  func timesAreShort(seconds: Int, text: String) {
    #expect(Quantity.time(.seconds(seconds)) == text)
  }

  @Test(
    arguments: [
      ("abc", 3), ("äöü", 3), ("a\u{308}", 1), ("日本語", 6), ("한국", 4), ("👍", 2), ("👨‍👩‍👧", 2),
      ("✔️", 2), ("", 0), ("ｗ", 2),
    ])
  func widthIsCountedInColumns(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test func whatIsCutNeverTakesMoreThanItsRoom() {
    let text = "日本語 mail ä👍 archive"
    for room in 0...30 {
      let cut = DisplayWidth.truncated(text, to: room)
      #expect(DisplayWidth.of(cut) <= room)
      #expect(DisplayWidth.of(DisplayWidth.padded(cut, to: 30)) == 30)
    }
    #expect(DisplayWidth.truncated("abc", to: 3) == "abc")
    #expect(DisplayWidth.truncated("abcd", to: 3) == "ab…")
  }

  @Test func columnsLineUpWithWideNames() {
    var table = TextTable([.init("folder"), .init("copied", isNumber: true)])
    table.add(["INBOX", "1,234"])
    table.add(["送信済み", "7"])
    #expect(
      table.lines == [
        "folder    copied", "INBOX      1,234", "送信済み       7",
      ])
    #expect(TextTable([.init("folder")]).lines.isEmpty)
  }

  @Test(
    arguments: [
      ("a\u{1B}[31mb", "a[31mb"), ("a\r\nb\tc", "a  b c"), ("\u{202E}abc\u{2066}", "abc"),
      ("\u{9B}31m", "31m"), ("日本👍🏽", "日本👍🏽"),
    ])
  func nothingFromOutsideCanSteerATerminal(text: String, shown: String) {
    #expect(SafeText.visible(text) == shown)
  }

  @Test func jsonIsReadBackAsItWas() throws {
    let strange = "\u{1B}\"\\\n\u{202E}ä日👍\u{E0001}"
    let value: JSON = [
      "a": .string(strange), "b": .array([1, JSON.null, true]), "c": JSON(Int64.max),
    ]
    let text = value.text
    #expect(!text.unicodeScalars.contains { SafeText.isUnsafe($0) })
    let read = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(read["a"] as? String == strange)
    #expect((read["b"] as? [Any])?.count == 3)
    #expect((read["c"] as? NSNumber)?.int64Value == Int64.max)
  }

  @Test(
    arguments: [
      (["sync", "imaps://a@h"], "sync imaps://a@h"), (["a b"], "'a b'"), (["it's"], "'it'\\''s'"),
      ([""], "''"), (["$(x)"], "'$(x)'"),
    ])
  func commandsCanBeTypedAgain(words: [String], line: String) {
    #expect(ShellText.line(words) == line)
  }

  @Test func hintsNameTheOptionsOfTheSide() {
    let target = ErrorText.hint(Samples.error(.passwordUnavailable, .target))
    #expect(target.contains("--target-password-file"))
    #expect(target.contains("MAILMOVE_TARGET_PASSWORD"))
    let source = ErrorText.hint(Samples.error(.tlsUntrusted, .source))
    #expect(source.contains("--source-tls-pin"))
    let alone = ErrorText.hint(Samples.error(.passwordUnavailable, .source), alone: true)
    #expect(alone.contains("--password-file") && alone.contains("MAILMOVE_PASSWORD"))
  }

  @Test func timesOfEventsAreUTC() {
    #expect(Timestamp.text(0) == "1970-01-01T00:00:00Z")
    #expect(Timestamp.text(1_772_366_400) == "2026-03-01T12:00:00Z")
  }
}
