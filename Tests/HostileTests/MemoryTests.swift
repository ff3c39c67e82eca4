// mailmove: tests of how much memory a hostile server can take.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailTestKit
import Testing

@testable import MailJobs

extension HostileTests {
  /// The real binary, measured by the system.
  @Suite("The memory a hostile server can take", .serialized) struct MemoryTests {
    /// A server, and how the run against it ends.
    struct Flood: Sendable, CustomTestStringConvertible {
      let hostile: HostileCase
      let megabytes: Int

      var testDescription: String { hostile.server }
    }

    private static let megabyte = 1_000_000

    private static func source(
      _ server: String, _ act: Misdeed<IMAPAnswer>.Act, megabytes: Int
    ) -> Flood {
      Flood(
        hostile: HostileCase(
          side: .imapSource, server: server, outcome: "", exit: .success,
          misdeeds: [Misdeed("UID FETCH BODY", .nth(1), act)]), megabytes: megabytes)
    }

    static let floods: [Flood] = [
      source(
        "one line of 200 MB", .pour(after: "* OK ", octets: 200 * megabyte), megabytes: 80),
      source(
        "a literal of 250 MB that does not come",
        .hangUp(saying: "* 1 FETCH (UID 1 BODY[] {250000000}\r\nabc"), megabytes: 40),
      source(
        "a literal of 400 MB that comes, above the limit",
        .pour(after: "* 1 FETCH (UID 1 BODY[] {400000000}\r\n", octets: 400 * megabyte),
        megabytes: 40),
      Flood(
        hostile: HostileCase(
          side: .imapSource, server: "mailboxes without end", outcome: "", exit: .success,
          misdeeds: [
            Misdeed(
              "LIST", .nth(1),
              .prattle(
                String(
                  repeating: "* LIST (\\HasNoChildren) \"/\" \"A folder like others\"\r\n",
                  count: 500)))
          ]), megabytes: 200),
      Flood(
        hostile: HostileCase(
          side: .pop3Source, server: "one line of 200 MB from POP3", outcome: "", exit: .success,
          pop3Misdeeds: [
            Misdeed("RETR", .nth(1), .pour(after: "+OK ", octets: 200 * megabyte))
          ]), megabytes: 40),
      Flood(
        hostile: HostileCase(
          side: .imapTarget, server: "one line of 200 MB from the target", outcome: "",
          exit: .success,
          misdeeds: [
            Misdeed("APPEND", .nth(1), .pour(after: "* OK ", octets: 200 * megabyte))
          ]), megabytes: 80),
    ]

    @Test(
      .disabled(if: Instrumentation.sanitizer != nil, "a sanitizer needs memory of its own"),
      .timeLimit(.minutes(2)), arguments: floods)
    func isBounded(flood: Flood) async throws {
      let quiet = HostileCase(
        side: flood.hostile.side, server: "", outcome: "", exit: .success)
      let usual = try await HostileBench(quiet).measure("sync")
      #expect(usual.exit == 0, "\(usual.words)")
      let bench = try HostileBench(flood.hostile)
      let ended = try await bench.measure("sync")
      #expect(ended.exit == flood.hostile.exit.rawValue, "\(ended.words)")
      #expect(try bench.differences(.whole, from: flood.hostile.mail) == [])
      let more = (ended.peakBytes - usual.peakBytes) / Self.megabyte
      #expect(more <= flood.megabytes, "\(more) MB more than the usual \(usual.peakBytes)")
    }

    /// Bytes of the whole process at most, whatever is to be moved.
    private static let processBytesMax = 96 << 20
    private static let letterBytes = 110_000

    /// Messages that are on record are let go of, and no more than the budget waits for the rest.
    @Test(
      .disabled(if: Instrumentation.sanitizer != nil, "a sanitizer needs memory of its own"),
      .timeLimit(.minutes(5)))
    func staysTheSameBehindASlowTarget() async throws {
      let line = String(repeating: "x", count: 76) + "\r\n"
      let body = String(repeating: line, count: Self.letterBytes / 78)
      // The pause after each makes it 6 MB/s.
      let slow = HostileCase(
        side: .imapTarget, server: "a target that takes 6 MB/s", outcome: "", exit: .success,
        misdeeds: [Misdeed("APPEND", .always, .first({ usleep(18_000) }))],
        manner: { $0.capabilities = "IMAP4rev1 UIDPLUS LITERAL+ UNSELECT" },
        mail: (1...1_000).map { HostileMail.message($0, body: body) })
      let bench = try HostileBench(slow)
      let ended = try await bench.measure("sync")
      #expect(ended.exit == 0, "\(ended.words)")
      #expect(ended.peakBytes <= Self.processBytesMax, "\(ended.peakBytes >> 20) MiB")
      #expect(try bench.differences(.whole, from: slow.mail) == [])
    }
  }
}
