// mailmove: tests with servers that cannot be trusted.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailJobs

/// A suite for each kind, side by side; within one, server after server. A server that is silent
/// makes a client wait for its deadline, and nothing else has to wait meanwhile; but not all at
/// once, since each case has deadlines by which a busy machine must have answered.
@Suite("A hostile server") struct HostileTests {
  static let limit = TimeLimitTrait.Duration.minutes(Instrumentation.patience)

  @Suite("An IMAP server to read from that breaks and stalls", .serialized)
  struct SourceConnectionTests {
    @Test(.timeLimit(limit), arguments: HostileCase.sourceConnections)
    func losesAndDoublesNothing(hostile: HostileCase) async throws { try await hold(hostile) }
  }

  @Suite("An IMAP server to read from that lies", .serialized)
  struct SourceAnswerTests {
    @Test(.timeLimit(limit), arguments: HostileCase.sourceSpeech)
    func losesAndDoublesNothing(hostile: HostileCase) async throws { try await hold(hostile) }
  }

  @Suite("An IMAP server to write to", .serialized)
  struct TargetTests {
    @Test(.timeLimit(limit), arguments: HostileCase.imapTarget)
    func losesAndDoublesNothing(hostile: HostileCase) async throws { try await hold(hostile) }
  }

  @Suite("A POP3 server", .serialized)
  struct POP3SourceTests {
    @Test(.timeLimit(limit), arguments: HostileCase.pop3Source)
    func losesAndDoublesNothing(hostile: HostileCase) async throws { try await hold(hostile) }
  }

  /// One run against the hostile server, one when it has reformed, one that must change nothing.
  private static func hold(_ hostile: HostileCase) async throws {
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
