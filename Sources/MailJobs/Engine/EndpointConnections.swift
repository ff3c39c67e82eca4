// mailmove: from addresses to connections.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailEndpoints
import MailTransport
import SyncEngine

/// How the two sides of a job are connected to, whatever they are.
struct EndpointConnections: Sendable {
  let source: @Sendable () async throws -> any MailSource
  let target: @Sendable () async throws -> any MailTarget
  /// The target, to be looked at only: makes nothing that is missing.
  let view: @Sendable () async throws -> any TargetView
  /// nil where nothing can be removed.
  let remover: (@Sendable () async throws -> any MailRemover)?
  /// The way into an archive that is the target.
  private let door: ArchiveDoor?

  /// - Parameters:
  ///   - keys: numbers messages for sources without UIDs.
  ///   - expected: what the ledger knows of an archive that is the target.
  ///   - note: is told how far that archive is.
  init(
    _ job: Job, keys: any KeyBook, expecting expected: ArchiveExpectation?,
    note: @escaping ArchiveDoor.Noting = { _, _ in }, _ deadlines: Deadlines, _ hooks: RunHooks
  ) {
    let compression: CompressionChoice =
      job.compresses.map { $0 ? .always : .never } ?? .whenItPays
    switch job.source.url.scheme {
    case .imaps, .imap:
      let account = job.source.imapAccount(compression: compression, deadlines, hooks)
      source = { try await IMAPSource.connect(account) }
      remover = { try await IMAPRemover.connect(account) }
    case .pop3s, .pop3:
      let account = job.source.pop3Account(deadlines, hooks)
      source = { try await POP3Source.connect(account, keys: keys) }
      remover = { try await POP3Remover.connect(account, keys: keys) }
    case .archive:
      let place = job.source.archivePlace
      source = { try await ArchiveSource.connect(place) }
      remover = nil
    }
    switch job.target.url.scheme {
    case .imaps, .imap, .pop3s, .pop3:
      let account = job.target.imapAccount(compression: compression, deadlines, hooks)
      target = { try await IMAPTarget.connect(account) }
      view = target
      door = nil
    case .archive:
      let place = job.target.archivePlace
      let door = ArchiveDoor(place, expecting: expected, note: note)
      let origin = job.source.url
      let label = Self.label(in: job)
      target = {
        try await ArchiveTarget.connect(door, label: try await label(), origin: origin)
      }
      view = {
        try await ArchiveView.connect(place, expecting: expected, label: try await label())
      }
      self.door = door
    }
  }

  /// The account that mail is filed under: as said, or as it is called where it comes from.
  private static func label(in job: Job) -> @Sendable () async throws -> String {
    let given = job.target.account
    let origin = job.source
    return {
      if let given { return given }
      guard origin.url.scheme == .archive else { return ArchivePlace.label(of: origin.url) }
      return try await ArchiveSource.label(at: origin.archivePlace)
    }
  }

  /// Ends the work on an archive and tells in the report what its state is then.
  func finish(_ report: inout Report) async {
    guard let door else { return }
    do {
      report.targetState = try await door.close().map {
        "archive head \($0.position.commit) sha256:\($0.position.digest)"
      }
    } catch {
      report.failure = report.failure ?? SyncError.from(error)
    }
    report.damages = await door.damages.map {
      SyncError($0, scope: .message, remedy: .skip, side: .target)
    }
  }
}

extension Endpoint {
  func imapAccount(
    compression: CompressionChoice, _ deadlines: Deadlines, _ hooks: RunHooks
  ) -> IMAPAccount {
    IMAPAccount(
      url: url, side: side, masterUser: masterUser, mechanism: mechanism, credentials: credentials,
      tls: tls, deadlines: deadlines, compression: compression, trace: Self.trace(hooks),
      tell: { hooks.observer(.warning($0)) })
  }

  func pop3Account(_ deadlines: Deadlines, _ hooks: RunHooks) -> POP3Account {
    POP3Account(
      url: url, side: side, masterUser: masterUser, mechanism: mechanism, credentials: credentials,
      tls: tls, deadlines: deadlines, trace: Self.trace(hooks),
      tell: { hooks.observer(.warning($0)) })
  }

  var archivePlace: ArchivePlace {
    ArchivePlace(path: known.path, account: account, side: side, vanished: vanished)
  }

  /// Looks at the server. Throws `SyncError`.
  package func probe(_ deadlines: Deadlines, _ hooks: RunHooks) async throws -> ProbeReport {
    switch url.scheme {
    case .imaps, .imap, .archive:
      try await IMAPProbe(imapAccount(compression: .never, deadlines, hooks)).run()
    case .pop3s, .pop3: try await POP3Probe(pop3Account(deadlines, hooks)).run()
    }
  }

  private var side: SyncError.Side { place == .target ? .target : .source }

  private static func trace(_ hooks: RunHooks) -> @Sendable (String) -> WireTrace {
    { label in WireTrace(connection: label, sink: hooks.trace) }
  }
}
