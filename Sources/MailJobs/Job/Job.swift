// mailmove: what is to be moved where.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailEndpoints
import SQLiteJournal
import SyncEngine

/// All the user said about moving one account to another.
package struct Job: Sendable {
  /// The name in the configuration file; nil for addresses given on the command line.
  let name: String?
  let source: Endpoint
  let target: Endpoint
  let rules: MappingRules
  let options: RunOptions
  /// nil: where a server offers it and it pays.
  let compresses: Bool?
  /// Whom the ledger belongs to.
  let identity: JobIdentity
  let ledgerName: LedgerName
  /// Path of the ledger's file.
  let ledger: String
}

/// A job whose secrets have not been asked for yet.
package struct JobDraft: Sendable {
  let name: String?
  let source: EndpointDraft
  let target: EndpointDraft
  package let rules: MappingRules
  let options: RunOptions
  let compresses: Bool?
  let identity: JobIdentity
  package let ledgerName: LedgerName
  package let state: StateFolder
  /// How the user names it in the next command.
  package let arguments: [String]

  /// Reads everything that was given, and refuses what cannot be. Nothing outside is touched.
  package init(_ request: JobRequest) throws(UsageError) {
    let settings = request.settings
    name = request.name
    source = try request.source(settings)
    target = try request.target(settings)
    for draft in [source, target]
    where draft.endpoint.url.user == nil && draft.endpoint.url.scheme != .archive {
      throw UsageError(
        "the address of \(draft.endpoint.place.noun) has no user",
        hint: "write \(draft.endpoint.url.scheme.rawValue)://user@\(draft.endpoint.url.host)")
    }
    let urls = (source: source.endpoint.known, target: target.endpoint.known)
    guard urls.source.identity != urls.target.identity else {
      throw UsageError(
        "\(SyncError.Cause.sameMailboxOnBothSides.sentence(for: .local)): \(urls.source.identity)",
        hint: SyncError.Cause.sameMailboxOnBothSides.hint)
    }
    rules = try MappingRules(settings, isOneOfAll: request.isOneOfAll)
    options = RunOptions(settings, now: Int64(Date().timeIntervalSince1970))
    compresses = settings.truth(.compress)
    identity = JobIdentity(source: source.endpoint, target: target.endpoint)
    state = try StateFolder(settings, environment: request.environment)
    ledgerName =
      name.map { LedgerName(job: $0) }
      ?? LedgerSearch(state).name(
        of: identity, orElse: LedgerName(source: urls.source, target: urls.target, of: identity))
    arguments =
      name.map { [$0] } ?? ["\(source.endpoint.url)", "\(target.endpoint.url)"]
  }

  /// Obtains the secrets.
  package func complete(environment: [String: String]) throws -> Job {
    Job(
      name: name, source: try source.complete(environment: environment),
      target: try target.complete(environment: environment), rules: rules, options: options,
      compresses: compresses, identity: identity, ledgerName: ledgerName,
      ledger: state.ledger(ledgerName))
  }
}

extension RunOptions {
  /// The options of a run among all settings.
  ///
  /// - Parameter now: seconds since 1970.
  init(_ settings: Settings, now: Int64) {
    self.init()
    flagPolicy = settings.text(.flags).flatMap(FlagPolicy.init) ?? flagPolicy
    listsInFull = settings.isOn(.full)
    retriesSkipped = settings.isOn(.retrySkipped)
    recopiesLost = settings.isOn(.recopyLost)
    lanes = settings.number(.lanes)
    removal = settings.text(.deleteSource).flatMap(Removal.Manner.init).map { manner in
      let age = settings.text(.olderThan).flatMap(Age.init)
      return Removal(
        manner: manner, before: age.map { now - $0.seconds },
        confirmed: settings.number(.confirmDeletes),
        trustsRewritten: settings.isOn(.trustRewritten))
    }
  }
}
