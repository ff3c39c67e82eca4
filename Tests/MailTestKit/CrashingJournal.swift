// mailmove: a journal that can crash.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

/// Any journal with a hook around each durable change, for crash-at-every-step tests.
package struct CrashingJournal: Journal {
  private let wrapped: any Journal
  private let onDurableStep: DurableStepHook

  package init(_ wrapped: any Journal, onDurableStep: @escaping DurableStepHook) {
    self.wrapped = wrapped
    self.onDurableStep = onDurableStep
  }

  package func pairs() async throws -> [MailboxPair] { try await wrapped.pairs() }

  package func freeze(_ mailboxes: [MappedMailbox]) async throws -> [MailboxPair] {
    try await change("freeze") { try await wrapped.freeze(mailboxes) }
  }

  package func standing(of pair: MailboxPair) async throws -> PairStanding {
    try await wrapped.standing(of: pair)
  }

  package func identify(_ pair: MailboxPair, by status: MailboxStatus) async throws {
    try await change("identify") { try await wrapped.identify(pair, by: status) }
  }

  package func records(of pair: MailboxPair) async throws -> [MessageRecord] {
    try await wrapped.records(of: pair)
  }

  package func enroll(
    _ entries: [Entry], uidValidity: UIDValidity, in pair: MailboxPair
  ) async throws {
    guard !entries.isEmpty else { return }
    try await change("enroll") {
      try await wrapped.enroll(entries, uidValidity: uidValidity, in: pair)
    }
  }

  package func begin(at anchors: [(pair: MailboxPair, anchor: TargetAnchor)]) async throws {
    try await change("begin") { try await wrapped.begin(at: anchors) }
  }

  package func record(_ outcomes: [Outcome], in pair: MailboxPair) async throws {
    guard !outcomes.isEmpty else { return }
    try await change("record") { try await wrapped.record(outcomes, in: pair) }
  }

  package func finish(
    _ pair: MailboxPair, source: SourceCheckpoint, target: TargetAnchor?
  ) async throws {
    try await change("finish") {
      try await wrapped.finish(pair, source: source, target: target)
    }
  }

  package func summary() async throws -> JobSummary { try await wrapped.summary() }

  package func messages(
    in state: MessageState, limit: Int
  ) async throws -> [(MailboxPair, MessageRecord)] {
    try await wrapped.messages(in: state, limit: limit)
  }

  package func release(_ pairs: [MailboxPair]) async throws -> [MailboxPair] {
    try await change("release") { try await wrapped.release(pairs) }
  }

  package func reopen(_ state: MessageState) async throws -> Int {
    try await change("reopen") { try await wrapped.reopen(state) }
  }

  package func mayHaveOurMark(_ digest: SHA256Digest) async throws -> Bool {
    try await wrapped.mayHaveOurMark(digest)
  }

  package func firstSeen(in pair: MailboxPair) async throws -> [SourceKey: Int64] {
    try await wrapped.firstSeen(in: pair)
  }

  package func archiveMark() async throws -> ArchiveMark? { try await wrapped.archiveMark() }

  package func note(_ mark: ArchiveMark, isContinuous: Bool) async throws {
    try await change("note") { try await wrapped.note(mark, isContinuous: isContinuous) }
  }

  private func change<T>(_ step: String, _ body: () async throws -> T) async throws -> T {
    try onDurableStep("before \(step)")
    let result = try await body()
    try onDurableStep("after \(step)")
    return result
  }
}
