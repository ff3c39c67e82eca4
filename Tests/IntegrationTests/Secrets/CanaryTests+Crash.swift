// mailmove: planted secrets in a process that crashes.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

extension CanaryTests {
  /// The second APPEND is where it dies: with the password and mail in its memory, a message at the
  /// target that is not on record, and leave of the system to write a core file.
  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    arguments: [SIGSEGV, SIGABRT, SIGILL, SIGTRAP])
  func turnUpNowhereAfterACrashAndTheNextRunCompletes(signal: Int32) async throws {
    let run = try BinaryRun()
    let pid = run.folder.file("pid")
    let crash = Misdeed<IMAPAnswer>.Act.first({
      let text = (try? String(contentsOfFile: pid, encoding: .utf8)) ?? ""
      if let process = pid_t(text.trimmingCharacters(in: .newlines)) { kill(process, signal) }
    })
    let mail = SampleMailbox(count: 12, seed: 17).messages.map { message in
      var message = message
      message.mailbox = "INBOX"
      return message
    }
    let old = try MemoryIMAPServer(Self.identity.get(), MemoryAccount(mail))
    var manner = MemoryIMAPServer.Manner()
    manner.capabilities = "IMAP4rev1 UIDPLUS LITERAL+"
    let new = try MemoryIMAPServer(
      Self.identity.get(), MemoryAccount(), manner: manner,
      misdeeds: [Misdeed("APPEND", .nth(2), crash)])
    defer { for stop in [old.stop, new.stop] { stop() } }
    let words =
      [
        "sync", "imaps://anna@localhost:\(old.port)", "imaps://hanna@localhost:\(new.port)", "-v",
        "--target-tls-ca", try Self.authority.get().write(into: run.folder.path),
      ] + (try options(run.folder))
    let environment = [
      "MAILMOVE_SOURCE_PASSWORD": CanaryCase.password.text,
      "MAILMOVE_TARGET_PASSWORD": CanaryCase.token.text,
    ]

    // The outer shell says in words how the inner one ended, and whether core was dumped.
    let died = try await run.run(
      words, environment,
      shell: """
        ulimit -c unlimited
        sh -c 'echo $$ > pid; exec "$@"' sh "$@"
        exit $?
        """)
    #expect(died.exit == 128 + signal, "\(died)")
    for words in ["core dumped", "crashed", "Registers"] {
      #expect(!died.errors.contains(words), "\(died.errors)")
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: run.folder.path)
    #expect(left.filter { $0.lowercased().contains("core") } == [])
    for canary in [CanaryCase.password, CanaryCase.token] {
      #expect(try traces(of: canary, after: died, in: run.folder) == [])
    }

    new.reform()
    let resumed = try await run.run(words, environment)
    #expect(resumed.exit == 0, "\(resumed)")
    let original = try MemoryAccount(mail).snapshot()
    let copy = try new.account.snapshot()
    #expect(copy.difference(from: original, renamed: copy.renamings(from: original)) == [])
    let again = try await run.run(words, environment)
    #expect(again.exit == 0 && again.output.contains("0 messages copied"), "\(again)")
  }

  /// A core file may also go to a program that asks for no limit (core(5)), and what was in the
  /// environment when a process began stays where others of the same user can read it.
  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func cannotBeReadFromTheProcessByItsOwnUser() async throws {
    let run = try BinaryRun()
    chmod(run.folder.path, 0o777)
    let spy =
      "cat /proc/$PPID/environ > '\(run.folder.path)/seen' 2> '\(run.folder.path)/refused'; "
      + "echo geheim"
    let ended = try await run.run(
      ["sync", "imaps://anna@localhost:1", "archive:" + run.folder.file("archive")]
        + options(run.folder) + ["--source-password-command", spy],
      ["MAILMOVE_TARGET_PASSWORD": CanaryCase.password.text], shell: Privilege.dropped)
    #expect(ended.exit == 10, "\(ended)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: run.folder.file("seen"))).isEmpty)
    #expect(
      try String(contentsOfFile: run.folder.file("refused"), encoding: .utf8)
        .contains("Permission denied"))
  }
}
