// mailmove: everything that can be chosen.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailTransport
import MailWire
import SyncEngine

/// How a server is reached and entered; each exists for the source, the target and `probe`.
extension Setting {
  package static let passwordFile = Setting(
    "password-file", .text("FILE"), "Read the password from the first line of FILE.")
  package static let passwordCommand = Setting(
    "password-command", .text("COMMAND"),
    "Take the password from the first line COMMAND prints; a shell runs it.")
  package static let password = Setting(
    "password", .text("PASSWORD"), "The password itself.", places: .environment)
  package static let tokenFile = Setting(
    "token-file", .text("FILE"),
    "Log in with the OAuth token in FILE, which is read again when it expires.")
  package static let tokenCommand = Setting(
    "token-command", .text("COMMAND"),
    "Log in with the OAuth token COMMAND prints; it is run again when it expires.")
  package static let authUser = Setting(
    "auth-user", .text("USER"),
    "Log in with the name and password of USER, a master user, to the account in the URL.")
  package static let mechanism = Setting(
    "mechanism", .choice(LoginMethod.allCases.map(\.rawValue)),
    "Log in this way and no other (default: the best that both sides know).")
  package static let tlsCA = Setting(
    "tls-ca", .text("FILE"), "Trust the authorities in FILE (PEM) instead of the system's.")
  package static let tlsPin = Setting(
    "tls-pin", .pins, "Trust exactly this certificate or key, whoever signed it; repeatable.")
  package static let tlsProfile = Setting(
    "tls-profile", .choice(TLSPolicy.Profile.allCases.map(\.rawValue)),
    "How old a TLS is accepted (default modern); never chosen by itself.")
  package static let tlsServerName = Setting(
    "tls-server-name", .text("NAME"), "The name the certificate must bear, if not the host's.")

  package static let account = Setting(
    "account", .text("LABEL"),
    "The account in an archive, where it is not clear which one is meant.")

  /// The ways to let us in; at most one may be chosen at an endpoint.
  package static let secrets = [passwordFile, passwordCommand, password, tokenFile, tokenCommand]
  package static let endpoint =
    secrets + [authUser, mechanism, tlsCA, tlsPin, tlsProfile, tlsServerName]
}

/// Which folders are moved, and where to.
extension Setting {
  package static let include = Setting(
    "include", .texts("GLOB"), "Move only folders that match GLOB; repeatable.")
  package static let exclude = Setting(
    "exclude", .texts("GLOB"), "Leave out folders that match GLOB; repeatable.")
  package static let map = Setting(
    "map", .mappings, "Put folder FROM, and what is in it, into folder TO; repeatable.")
  package static let into = Setting(
    "into", .text("FOLDER"), "Put everything under FOLDER at the target.")
  package static let mergeRoles = Setting(
    "merge-roles", .toggle, "Put several folders of one role, such as two Sent, into one.")
  package static let onCollision = Setting(
    "on-collision", .choice(MappingRules.Collision.allCases.map(\.rawValue)),
    "When two folders would get one name at the target (default suffix).")
  package static let includeShared = Setting(
    "include-shared", .toggle, "Move shared folders and those of other users too.")
  package static let liftInboxChildren = Setting(
    "lift-inbox-children", .toggle, "Put folders below INBOX at the top, beside INBOX.")
  package static let quarantineJunkTrash = Setting(
    "quarantine-junk-trash", .toggle,
    "Put junk and trash into 'Old Junk' and 'Old Trash', which no server purges.")
  package static let skipEmpty = Setting(
    "skip-empty", .toggle, "Make no folders that hold no messages.")

  package static let folders = [
    include, exclude, map, into, mergeRoles, onCollision, includeShared, skipEmpty,
    liftInboxChildren, quarantineJunkTrash,
  ]
}

/// How a run goes about it.
extension Setting {
  package static let flags = Setting(
    "flags", .choice(RunOptions.FlagPolicy.allCases.map(\.rawValue)),
    "What to do about flags that changed since the last run (default merge).")
  package static let full = Setting(
    "full", .toggle, "List every folder in full, whatever the server says has changed.")
  package static let retrySkipped = Setting(
    "retry-skipped", .toggle, "Try messages again that an earlier run skipped.")
  package static let recopyLost = Setting(
    "recopy-lost", .toggle, "Copy messages again that were copied and are gone from the target.")
  package static let gone = Setting(
    "gone", .choice(PlacementChoice.Vanished.allCases.map(\.rawValue)),
    "Of an archive's vanished mail, give what is nowhere else (once, the default), all or none.")
  package static let lanes = Setting(
    "lanes", .number(1...16),
    "Pairs of connections used at the same time (default: what both servers bear, at most 6).")
  package static let compress = Setting(
    "compress", .toggle, "Use COMPRESS=DEFLATE where a server offers it, or never.")
  package static let deleteSource = Setting(
    "delete-source", .choice(Removal.Manner.allCases.map(\.rawValue)),
    "Then delete from the source what is proven, by reading it again, to be at the target.")
  package static let olderThan = Setting(
    "older-than", .age, "Delete only messages that are older, such as 30d, 8w, 6m or 2y.")
  package static let confirmDeletes = Setting(
    "confirm-deletes", .number(0...1_000_000_000),
    "Agree to so many messages being deleted; else 500, and half of a folder, are too many.")
  package static let trustRewritten = Setting(
    "trust-rewritten", .toggle,
    "Delete also where only line ends, NUL, 8-bit header bytes or a tool's header lines differ.")
  package static let dryRun = Setting("dry-run", .toggle, "Show the plan and change nothing.")
  package static let level = Setting(
    "level", .choice(VerifyLevel.allCases.map(\.rawValue)),
    "How thoroughly to compare (default metadata).")

  package static let run = [
    flags, full, retrySkipped, recopyLost, gone, lanes, deleteSource, olderThan, confirmDeletes,
    trustRewritten, compress, dryRun, level,
  ]
}

/// What is said, and where the record is.
extension Setting {
  package static let state = Setting("state", .text("DIR"), "Where the ledgers are kept.")
  package static let config = Setting(
    "config", .text("FILE"), "The configuration file.", places: [.option, .environment])
  package static let json = Setting(
    "json", .toggle, "Print one JSON object a line instead of words.")
  package static let quiet = Setting("quiet", .toggle, "Say nothing when all is well.")
  package static let verbose = Setting(
    "verbose", .toggle, "Say more, with a trace of the protocol that is safe to share.")

  package static let metricsFile = Setting(
    "metrics-file", .text("FILE"),
    "Write how each run of sync ended to FILE, in Prometheus' text format.")

  package static let output = [state, config, json, quiet, verbose, metricsFile]
}

extension Setting {
  /// Every setting of a job.
  package static let ofJobs =
    (endpoint + [account]).map { $0.of(.source) } + (endpoint + [account]).map { $0.of(.target) }
    + folders + run + output

  /// Every setting there is.
  package static let all = ofJobs + endpoint.map { $0.of(.alone) }
}
