// mailmove: one thing a server does wrong, and what must come of it.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@testable import MailJobs

/// One line of the tables in docs/hostile-servers.md.
struct HostileCase: Sendable, CustomTestStringConvertible {
  /// The side that misbehaves, and by which protocol.
  enum Side: Sendable, CaseIterable { case imapSource, imapTarget, pop3Source }

  /// How the second run, with a server that has reformed, is held against the source.
  enum Equality: Sendable {
    /// Bytes, flags and dates of every message, once.
    case whole
    /// Bytes of every message, once; what the target would not keep stays given up.
    case bytes
    /// Nothing is compared: the server has spoilt it for good.
    case nothing
    /// No message is doubled; these are not there, and on record as not moved.
    case without(Int)
  }

  /// A mailbox of the misbehaving account gets a new UIDVALIDITY during the first run.
  struct Renumbering: Sendable {
    /// When this comes for the first time, before it is done.
    let command: String
    let mailbox: String
    /// The connection is cut in place of the answer.
    let cuts: Bool
  }

  let side: Side
  /// What the server does, in words.
  let server: String
  /// What comes of it, in words.
  let outcome: String
  let exit: MailJobs.ExitStatus
  /// Words the first run says.
  var phrase = ""
  var misdeeds: [Misdeed<IMAPAnswer>] = []
  var pop3Misdeeds: [Misdeed<String>] = []
  var manner: @Sendable (inout MemoryIMAPServer.Manner) -> Void = { _ in }
  /// What the old account holds.
  var mail = HostileMail.sample
  /// The same for POP3; nil: made of `mail`.
  var letters: [ScriptedPOP3Server.Letter]?
  var pop3Capabilities = ["TOP", "UIDL"]
  /// Options of every run.
  var options: [String] = []
  /// The server is silent at times, so that waiting for it must not take long.
  var isSilent = false
  /// A wait that the server asked for and must have got.
  var wait: Duration?
  /// Happens between the first run and the second.
  var meanwhile: @Sendable (HostileBench) -> Void = { _ in }
  var renumbering: Renumbering?
  /// How `verify --level bytes` ends after the first run; nil: it is not run.
  var verified: MailJobs.ExitStatus?
  /// Words that `verify` says then.
  var advice = ""
  /// Options of the second run and those that follow.
  var again: [String] = []
  var exitAgain = MailJobs.ExitStatus.success
  /// Words that the second run says.
  var phraseAgain = ""
  /// Words that `status` says in the end.
  var status = ""
  var equality = Equality.whole
  /// What must be left at the source in the end; nil: all of it.
  var leftAtSource: Int?

  var testDescription: String { server }
}
