// mailmove: the laboratory keeps its promises.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTestKit
import Testing

@Suite struct DovecotLabTests {
  @Test(arguments: [
    (DovecotOptions.Storage.mdbox, Character("/"), ""), (.maildir, ".", "INBOX."),
    (.sdbox, ".", ""), (.maildir, "/", ""),
  ])
  func everyLayoutKeepsTheSampleByteForByte(
    storage: DovecotOptions.Storage, delimiter: Character, prefix: String
  ) throws {
    var options = DovecotOptions()
    options.storage = storage
    options.delimiter = delimiter
    options.prefix = prefix
    let lab = try DovecotLab(options)
    let sample = SampleMailbox(count: 150, seed: 3)
    let client = try LabClient(lab)
    #expect(client.layout == LabMailboxLayout(prefix: prefix, delimiter: String(delimiter)))
    try client.fill(with: sample)
    let wanted = try LabSnapshot(of: sample)
    let kept = try LabSnapshot(of: client)
    #expect(kept.difference(from: wanted) == [])
    #expect(kept.subscribed == wanted.subscribed)
  }

  @Test func leavesNothingRunningAndNothingOnDisk() throws {
    let lab = try DovecotLab()
    let process = try #require(
      pid_t(try String(contentsOfFile: "\(lab.folder)/run/master.pid", encoding: .utf8).trimmed))
    let server = try #require(RunningProcess(id: process))
    #expect(server.isAlive)
    lab.stop()
    #expect(!server.isAlive)
    #expect(!FileManager.default.fileExists(atPath: lab.folder))
    #expect(throws: LabError.self) { try LabClient(lab) }
  }

  @Test func leavesNothingBehindWhenItsProcessIsKilled() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/lab-\(UUID().uuidString)"
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      var options = DovecotOptions()
      options.folder = folder
      let lab = try DovecotLab(options)
      kill(getpid(), SIGKILL)
      lab.stop()
    }
    let isGone = Deadline(seconds: 20).poll {
      FileManager.default.fileExists(atPath: folder) ? nil : true
    }
    #expect(isGone == true)
  }

  @Test func severalStartSideBySide() async throws {
    try await withThrowingTaskGroup(of: UInt16.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let lab = try DovecotLab()
          try LabClient(lab).append([], to: "INBOX")
          return lab.ports.imaps
        }
      }
      var count = 0
      for try await _ in group { count += 1 }
      #expect(count == 4)
    }
  }

  @Test func takesOddPasswordsAndMasterUsers() throws {
    var options = DovecotOptions()
    let odd = DovecotOptions.User(name: "hanna@alt.example", password: "a b:\"\\{3}é%u$x'")
    options.users = [odd]
    options.masterUser = DovecotOptions.User(name: "root", password: "all of it")
    let lab = try DovecotLab(options)
    #expect(try LabClient(lab).status("INBOX").messages == 0)
    let asMaster = DovecotOptions.User(name: "hanna@alt.example*root", password: "all of it")
    #expect(try LabClient(lab, user: asMaster).status("INBOX").messages == 0)
    let wrong = DovecotOptions.User(name: odd.name, password: "guess")
    #expect(throws: LabError.self) { try LabClient(lab, user: wrong) }
  }

  @Test func quotaAndCapabilitiesAreAsAsked() throws {
    var options = DovecotOptions()
    options.quotaRule = "*:storage=20K"
    options.capabilities = "IMAP4rev1 UIDPLUS NAMESPACE"
    options.specialMailboxes = [.init("Gesendete Objekte", role: "\\Sent")]
    let lab = try DovecotLab(options)
    let client = try LabClient(lab)
    #expect(client.capabilities == ["IMAP4rev1", "UIDPLUS", "NAMESPACE"])
    #expect(try client.list().contains { $0.path == "Gesendete Objekte" })
    let big = SampleMessage(
      bytes: Array("Subject: big\r\n\r\n".utf8) + Array(repeating: 120, count: 30_000), flags: [],
      internalDate: " 1-Feb-2020 00:00:00 +0100", mailbox: "INBOX")
    #expect(throws: LabError.self) { try client.append([big], to: "INBOX") }
    #expect(try lab.doveadm(["quota", "get", "-u", "hanna"]).contains("STORAGE"))
  }

  @Test func aDifferenceIsFoundWhateverItIs() throws {
    let sample = SampleMailbox(count: 60, seed: 5)
    let original = try LabSnapshot(of: sample)
    #expect(original.difference(from: original) == [])
    func differences(_ change: (inout [SampleMessage]) -> Void) throws -> Int {
      var messages = sample.messages
      change(&messages)
      var changed = sample
      changed.messages = messages
      return try LabSnapshot(of: changed).difference(from: original).count
    }
    #expect(try differences { $0.removeLast() } == 1)
    #expect(try differences { $0.append($0[0]) } == 1)
    #expect(try differences { $0[0].flags = ["Anders"] } == 1)
    #expect(try differences { $0[0].internalDate = "24-Nov-2011 18:22:48 +0000" } == 1)
    #expect(try differences { $0[0].bytes[0] = 0 } == 2)
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
