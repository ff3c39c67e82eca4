// mailmove: finding the ledger of an archive that was moved.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailEndpoints
import SQLiteJournal
import SyncEngine

/// Finds the ledger of a job whose archive has another path than the ledger says.
///
/// An archive that is the target is known by its uuid, wherever it is; an earlier version of the
/// program also made ledgers for paths as they were typed.
struct LedgerSearch {
  private let state: StateFolder

  init(_ state: StateFolder) { self.state = state }

  /// The name of the ledger that a job has, whatever its archives were called; else the given one.
  func name(of job: JobIdentity, orElse usual: LedgerName) -> LedgerName {
    guard Self.hasArchive(job), !FileManager.default.fileExists(atPath: state.ledger(usual)) else {
      return usual
    }
    return state.ledgers().first { name in
      Self.label(state.ledger(name)).map { Self.isLabel($0, of: job) } ?? false
    } ?? usual
  }

  /// Whose a ledger is by its own words, if that is the job with its archives under other paths.
  static func former(_ job: JobIdentity, inLedgerAt path: String) -> JobIdentity? {
    guard hasArchive(job), let label = label(path), label.job != job, isLabel(label, of: job)
    else { return nil }
    return label.job
  }

  /// Throws `archiveNotMounted` if the archive that a ledger is about is not where a job has it
  /// now, and was elsewhere before.
  static func insistOnArchive(of job: Job) throws(SyncError) {
    let now = job.identity
    guard isArchive(now.target), let label = label(job.ledger), !isLabel(label, of: now),
      isSame(label.job.source, now.source, uuid: nil),
      EndpointURL.archive(inIdentity: label.job.target)?.account
        == EndpointURL.archive(inIdentity: now.target)?.account
    else { return }
    try ArchiveExpectation(mark: label.archive, ledger: job.ledger)
      .insist(on: job.target.archivePlace)
  }

  private typealias Label = (job: JobIdentity, archive: ArchiveMark?)

  /// What a ledger says of itself; nil where there is none that can be read.
  private static func label(_ path: String) -> Label? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try? SQLiteJournal.label(ofLedgerAt: path)
  }

  private static func isLabel(_ label: Label, of job: JobIdentity) -> Bool {
    isSame(label.job.source, job.source, uuid: nil)
      && isSame(label.job.target, job.target, uuid: label.archive?.uuid)
  }

  private static func hasArchive(_ job: JobIdentity) -> Bool {
    isArchive(job.source) || isArchive(job.target)
  }

  private static func isArchive(_ identity: String) -> Bool {
    EndpointURL.archive(inIdentity: identity) != nil
  }

  /// - Parameter uuid: of the archive that the first one is about.
  private static func isSame(_ first: String, _ second: String, uuid: String?) -> Bool {
    if first == second { return true }
    guard let former = EndpointURL.archive(inIdentity: first),
      let now = EndpointURL.archive(inIdentity: second), former.account == now.account
    else { return false }
    if ArchivePath.resolved(former.path) == ArchivePath.resolved(now.path) { return true }
    guard let uuid else { return false }
    return (try? ArchiveIdentity.read(at: now.path))?.uuid == uuid
  }
}
