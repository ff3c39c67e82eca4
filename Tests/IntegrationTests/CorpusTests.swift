// mailmove: mail nobody here wrote.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

@Suite("A corpus of real messages")
struct CorpusTests {
  /// From MAILMOVE_CORPUS, or beside the project; nil when it is absent.
  static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["MAILMOVE_CORPUS"]
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../shared/corpus").standardized.path
    let found = [named, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/index.tsv")
    }
    if found == nil { print("the corpus is absent: set MAILMOVE_CORPUS to its folder") }
    return found
  }()

  @Test(.enabled(if: folder != nil, "the corpus is absent"))
  func arrivesAsTheSourceServesIt() throws {
    let folder = try #require(Self.folder)
    let bench = try Bench()
    let sample = try SampleImport.read(folder)
    let taken = sample.messages.filter { !$0.bytes.isEmpty && !$0.bytes.contains(0) }
    #expect(taken.count > 1_900)
    try LabClient(bench.old).append(
      taken.map {
        SampleMessage(
          bytes: $0.bytes, flags: $0.flags, internalDate: $0.internalDate, mailbox: "INBOX")
      }, to: "INBOX")
    let ended = try bench.run("sync")
    #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
    #expect(try bench.difference() == [])
    #expect(try bench.run("verify", ["--level", "bytes"]).exit == 0)
    try bench.forgetLedger()
    let adopted = try bench.run("sync")
    #expect(adopted.output.contains("0 messages copied"), "\(adopted.output)")
    #expect(try bench.difference() == [])
  }
}
