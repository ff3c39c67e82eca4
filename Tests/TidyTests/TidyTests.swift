// mailmove: the house rules, checked.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct TidyTests {
  @Test(arguments: HouseRule.all)
  func everyFileKeeps(_ rule: HouseRule) throws {
    let files = try SwiftFile.project.get()
    #expect(files.count > 20)
    let findings = files.flatMap(rule.findings)
    #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
  }

  @Test func filesOverFourHundredLinesAreNoted() throws {
    for file in try SwiftFile.project.get() where file.lines.count > HouseRule.fileLinesTarget {
      Issue.record("\(file.path): \(file.lines.count) lines is large", severity: .warning)
    }
  }

  private static let header = """
    // mailmove: a sample.
    // SPDX-License-Identifier: Apache-2.0


    """

  private func findings(
    _ rule: HouseRule, _ source: String, path: String = "Sources/SyncEngine/Sample.swift"
  ) -> [String] {
    rule.findings(SwiftFile(path: path, source: Self.header + source))
  }

  @Test func aMissingHeaderIsFound() {
    let file = SwiftFile(path: "Sources/SyncEngine/Sample.swift", source: "struct Sample {}\n\n")
    #expect(HouseRule.header.findings(file).count == 1)
    #expect(findings(HouseRule.header, "struct Sample {}\n").isEmpty)
  }

  @Test func aLongFileIsFound() {
    #expect(findings(HouseRule.length, String(repeating: "\n", count: 698)).count == 1)
    #expect(findings(HouseRule.length, String(repeating: "\n", count: 697)).isEmpty)
  }

  @Test func aLongLineIsFound() {
    #expect(findings(HouseRule.columns, String(repeating: "é", count: 101)).count == 1)
    #expect(findings(HouseRule.columns, String(repeating: "é", count: 100)).isEmpty)
  }

  @Test func aLongFunctionIsFoundWhateverItsStringsHold() {
    let line = "  print(\"} \\(\"}\") {\") // }\n"
    func source(_ lines: Int) -> String {
      "func long(\n  a: Int\n) -> Int {\n" + String(repeating: line, count: lines) + "}\n"
    }
    #expect(findings(HouseRule.functions, source(56)).isEmpty)
    #expect(findings(HouseRule.functions, source(57)).count == 1)
  }

  @Test func requirementsWithoutBodyHaveNoLength() {
    let source =
      "protocol P {\n  func a()\n  init()\n" + String(repeating: "\n", count: 80) + "}\n"
    #expect(findings(HouseRule.functions, source).isEmpty)
  }

  @Test func aFileNamedAfterNothingInItIsFound() {
    #expect(findings(HouseRule.names, "struct Other {}\n").count == 1)
    #expect(findings(HouseRule.names, "package final class Sample {}\n").isEmpty)
    let part = "Sources/SyncEngine/Other+Part.swift"
    #expect(findings(HouseRule.names, "extension Other {}\n", path: part).isEmpty)
  }

  @Test(arguments: [
    "Task.detached {}", "let a = try! b()", "fatalError(\"\")", "print(1)", "// TODO: later",
    "// FIXME", "let a = b as! Int", "package import MailWire",
    "let a = Dictionary(uniqueKeysWithValues: pairs)",
  ])
  func aBannedWordIsFound(_ line: String) {
    #expect(findings(HouseRule.words, line + "\n").count == 1)
  }

  @Test(arguments: ["let a = \"try! print(\"", "blueprint(1)", "// print(1)", "x.print(1)"])
  func anInnocentWordIsNot(_ line: String) {
    #expect(findings(HouseRule.words, line + "\n").isEmpty)
  }

  @Test func anUpwardImportIsFound() {
    #expect(findings(HouseRule.imports, "import MailTransport\n").count == 1)
    #expect(findings(HouseRule.imports, "@testable import Foundation\n").count == 1)
    #expect(findings(HouseRule.imports, "import MailWire\n").isEmpty)
    let digest = "Sources/MailWire/Vocabulary/SHA256Digest.swift"
    #expect(findings(HouseRule.imports, "import COpenSSL\n", path: digest).isEmpty)
    #expect(findings(HouseRule.imports, "import A\n", path: "Sources/New/A.swift").count == 1)
  }
}
