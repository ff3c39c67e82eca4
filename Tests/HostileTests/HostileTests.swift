// mailmove: tests with servers that cannot be trusted.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import mailmove

/// One after the other: servers and connections block threads.
@Suite("A hostile server", .serialized) struct HostileTests {
  private static let limit = TimeLimitTrait.Duration.minutes(Instrumentation.patience)

  @Test(.timeLimit(limit), arguments: HostileCase.imapSource)
  func asAnIMAPSourceLosesAndDoublesNothing(hostile: HostileCase) async throws {
    try await hold(hostile)
  }

  @Test(.timeLimit(limit), arguments: HostileCase.imapTarget)
  func asAnIMAPTargetLosesAndDoublesNothing(hostile: HostileCase) async throws {
    try await hold(hostile)
  }

  @Test(.timeLimit(limit), arguments: HostileCase.pop3Source)
  func asAPOP3SourceLosesAndDoublesNothing(hostile: HostileCase) async throws {
    try await hold(hostile)
  }

  /// One run against the hostile server, one when it has reformed, one that must change nothing.
  private func hold(_ hostile: HostileCase) async throws {
    let bench = try HostileBench(hostile)
    let first = await bench.run("sync", hostile.options)
    #expect(first.exit == hostile.exit, "\(first.words)")
    #expect(hostile.phrase.isEmpty || first.words.contains(hostile.phrase), "\(first.words)")
    if let wait = hostile.wait { #expect(first.waits.contains(wait), "\(first.waits)") }
    if let verified = hostile.verified {
      let ended = await bench.run("verify", ["--level", "bytes"])
      #expect(ended.exit == verified, "\(ended.words)")
      #expect(hostile.advice.isEmpty || ended.words.contains(hostile.advice), "\(ended.words)")
    }

    bench.reform()
    hostile.meanwhile(bench)
    let second = await bench.run("sync", hostile.options + hostile.again)
    #expect(second.exit == hostile.exitAgain, "\(second.words)")
    #expect(second.words.contains(hostile.phraseAgain) || hostile.phraseAgain.isEmpty, "\(second)")
    #expect(try bench.differences(hostile.equality, from: hostile.mail) == [], "\(first.words)")
    #expect(bench.left == hostile.leftAtSource ?? hostile.mail.count, "\(second.words)")

    let mailboxes = bench.new.account.mailboxes
    let third = await bench.run("sync", hostile.options + hostile.again)
    #expect(third.exit == hostile.exitAgain, "\(third.words)")
    #expect(third.words.contains("0 messages copied"), "\(third.words)")
    #expect(bench.new.account.mailboxes == mailboxes)
    if !hostile.status.isEmpty {
      let words = await bench.status()
      #expect(words.contains(hostile.status), "\(words)")
    }
  }
}
