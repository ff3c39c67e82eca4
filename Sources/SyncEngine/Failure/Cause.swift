// mailmove: every cause of failure, with its hint.
// SPDX-License-Identifier: Apache-2.0

extension SyncError {
  /// Everything that can go wrong, by a name that stays: it is in the ledger, in NDJSON and in
  /// docs/cli.md.
  package enum Cause: String, Sendable, CaseIterable {
    // Reaching a server
    case cannotConnect, timedOut, connectionLost, serverSaidBye, serverUnavailable, throttled
    case tooManyConnections, protocolViolation
    // Trusting a server
    case tlsUntrusted, tlsTooWeak, tlsFailed, startTLSMissing, clearTextInjected
    // Being let in
    case loginRefused, noCommonMechanism, permissionDenied, passwordUnavailable
    // Mailboxes
    case mailboxMissing, mailboxRefused, mailboxNameRefused, mailboxReadOnly, mailboxInUse
    case tooManyRefusals, listingIncomplete, mailboxChanged
    // Messages
    case messageTooBig, messageRefused, messageUnreadable, messageEmpty, messageIsStub
    case messageCutShort, messageDropsConnection, messageLostAtTarget, flagsRefused
    // Removing from the source
    case tooManyRemovals, cannotRemove, removalNotConfirmed
    // Archives
    case archiveMissing, archiveNotMounted, archiveLocked, archiveNewer, archiveDamaged
    case archiveFailed, exportFailed
    // Room
    case targetFull
    // Here
    case journalFailed, journalNewer, journalForeign, journalLocked, stateUnwritable, diskFull
    case systemRefused, sameMailboxOnBothSides, mapConflict, nothingSelected, interrupted
    case internalFault
  }
}

extension SyncError.Cause {
  /// What happened, as the beginning of a sentence.
  package func sentence(for side: SyncError.Side) -> String {
    sentence(about: side == .local ? "server" : "\(side.rawValue) server")
  }

  private func sentence(about server: String) -> String {
    switch self {
    case .cannotConnect: "the \(server) cannot be reached"
    case .timedOut: "the \(server) did not answer in time"
    case .connectionLost: "the connection to the \(server) was lost"
    case .serverSaidBye: "the \(server) closed the session"
    case .serverUnavailable: "the \(server) is temporarily unable to do this"
    case .throttled: "the \(server) asks to slow down"
    case .tooManyConnections: "the \(server) allows no more connections"
    case .protocolViolation: "the \(server) sent something that breaks the protocol"
    case .tlsUntrusted: "the certificate of the \(server) cannot be trusted"
    case .tlsTooWeak: "the \(server) offers only TLS that is too weak"
    case .tlsFailed: "the TLS handshake with the \(server) failed"
    case .startTLSMissing: "the \(server) offers no encryption on this port"
    case .clearTextInjected: "something tampered with the connection to the \(server) before TLS"
    case .loginRefused: "the \(server) refused the login"
    case .noCommonMechanism: "the \(server) offers no way to log in that can be used"
    case .permissionDenied: "the \(server) does not permit this"
    case .passwordUnavailable: "there is no password for the \(server)"
    case .mailboxMissing: "the mailbox is missing at the \(server)"
    case .mailboxRefused: "the \(server) refused to open the mailbox"
    case .mailboxNameRefused: "the \(server) refused to create the mailbox"
    case .mailboxReadOnly: "the \(server) lets the mailbox be read only"
    case .mailboxInUse: "the mailbox at the \(server) is in use by another session"
    case .tooManyRefusals: "the \(server) refused too many messages in a row"
    case .listingIncomplete: "the \(server) lists fewer messages than it says it has"
    case .mailboxChanged: "the mailbox at the \(server) was replaced while in use"
    case .messageTooBig: "the message is too big for the \(server)"
    case .messageRefused: "the \(server) refused the message"
    case .messageUnreadable: "the \(server) does not hand out the message"
    case .messageEmpty: "the \(server) hands out the message as empty"
    case .messageIsStub: "the \(server) hands out a stand-in instead of the message"
    case .messageCutShort: "the \(server) hands out less of the message than it announces"
    case .messageDropsConnection: "the \(server) drops the connection at the message"
    case .messageLostAtTarget: "the message is no longer at the \(server)"
    case .flagsRefused: "the \(server) refused a change of flags"
    case .tooManyRemovals: "more messages would be removed than agreed to"
    case .cannotRemove: "the \(server) cannot remove exactly the messages that are moved"
    case .removalNotConfirmed: "the \(server) did not confirm the removal"
    case .archiveMissing: "there is no such archive"
    case .archiveNotMounted: "the archive that the ledger is about is not there"
    case .archiveLocked: "another run is writing to the archive"
    case .archiveNewer: "the archive was written by a newer mailmove"
    case .archiveDamaged: "the archive is damaged"
    case .archiveFailed: "the archive cannot be read or written"
    case .exportFailed: "exported mail cannot be written"
    case .targetFull: "the mailbox at the \(server) is full"
    case .journalFailed: "the ledger cannot be read or written"
    case .journalNewer: "the ledger was written by a newer mailmove"
    case .journalForeign: "the ledger belongs to another pair of accounts"
    case .journalLocked: "another run is using the ledger"
    case .stateUnwritable: "the state folder cannot be written"
    case .diskFull: "the disk is full"
    case .systemRefused: "this machine does not give mailmove what it needs"
    case .sameMailboxOnBothSides: "source and target are the same account"
    case .mapConflict: "the folder map cannot be made"
    case .nothingSelected: "no folder is selected"
    case .interrupted, .internalFault: self == .interrupted ? "interrupted" : "a fault in mailmove"
    }
  }

  /// What the user can do about it.
  package var hint: String {
    switch self {
    case .cannotConnect: "check host, port and network; run the same command again"
    case .timedOut, .connectionLost, .serverSaidBye, .serverUnavailable:
      "run the same command again; it continues where it stopped"
    case .throttled: "run the same command again later; it continues where it stopped"
    case .tooManyConnections:
      "close other mail programs of this account, or wait, then run the same command again"
    case .protocolViolation: "run with -v and report the trace; it contains no mail and no password"
    case .tlsUntrusted:
      "check the host name; for a private CA use --SIDE-tls-ca, to trust this one certificate "
        + "--SIDE-tls-pin"
    case .tlsTooWeak: "if the server cannot be improved, try --SIDE-tls-profile compat or legacy"
    case .tlsFailed:
      "check the port: imaps:// is 993, imap:// with STARTTLS is 143, pop3s:// is 995, pop3:// "
        + "with STLS is 110"
    case .startTLSMissing: "use imaps:// (port 993); mailmove never sends a password in clear text"
    case .clearTextInjected: "use imaps:// (port 993), and do not trust this network"
    case .loginRefused:
      "check user name and password; some providers want an app password, or IMAP or POP3 "
        + "switched on"
    case .noCommonMechanism: "use a token (--SIDE-token-command) or a password as the server wants"
    case .permissionDenied: "ask the server's administrator"
    case .passwordUnavailable:
      "use --SIDE-password-file, --SIDE-password-command or MAILMOVE_SIDE_PASSWORD"
    case .mailboxMissing: "run the same command again; the folder list may have changed"
    case .mailboxRefused: "see what the server says; --exclude leaves the folder out"
    case .mailboxNameRefused: "give it another name with --map 'FROM=TO'"
    case .mailboxReadOnly: "check the permissions at the target"
    case .mailboxInUse:
      "close other mail programs of this account; after a broken session some servers take ten "
        + "minutes; then run the same command again"
    case .tooManyRefusals: "see 'mailmove status' for the reasons, then run with --retry-skipped"
    case .listingIncomplete:
      "some providers limit what IMAP shows; lift the limit in their settings and run again"
    case .mailboxChanged: "run the same command again; it compares before it copies"
    case .messageTooBig: "raise the target's limit, then run with --retry-skipped"
    case .messageRefused, .messageUnreadable, .messageEmpty, .messageDropsConnection:
      "look at the message at the source; run with --retry-skipped to try it again"
    case .messageCutShort:
      "look at the message at the source; every run asks for it again until it is whole"
    case .messageIsStub: "the source could not convert the message; open it there and export it"
    case .messageLostAtTarget: "run with --recopy-lost to copy it again"
    case .flagsRefused: "the message itself is safe; run the same command again"
    case .tooManyRemovals: "if that is meant, agree to the number with --confirm-deletes"
    case .cannotRemove: "use --delete-source=flag-only, and expunge with a mail program"
    case .removalNotConfirmed:
      "run the same command again; what is still there is proven and removed again"
    case .archiveMissing: "check the path"
    case .archiveNotMounted:
      "is its disk mounted? If it was moved, give its new path; for a new archive, move the ledger "
        + "away first"
    case .archiveLocked: "wait for the other run to end"
    case .archiveNewer: "use that version of mailmove"
    case .archiveDamaged: "'mailmove archive check' tells what is wrong; nothing was changed"
    case .archiveFailed: "check the disk, then run the same command again; the archive recovers"
    case .exportFailed: "give another folder"
    case .targetFull: "make room or raise the quota at the target, then run the same command again"
    case .journalFailed: "check the disk; keep the file, it is the record of what was moved"
    case .journalNewer: "use that version of mailmove"
    case .journalForeign: "use another --state folder for this pair of accounts"
    case .journalLocked: "wait for the other run to end"
    case .stateUnwritable: "give another folder with --state"
    case .diskFull: "make room, then run the same command again"
    case .systemRefused: "raise the limits of this process (ulimit), then run the command again"
    case .sameMailboxOnBothSides: "check the two addresses"
    case .mapConflict: "change --map or --into"
    case .nothingSelected: "check --include and --exclude; 'mailmove plan' names the folders"
    case .interrupted: "run the same command again; it continues where it stopped"
    case .internalFault: "please report it with the output of -v"
    }
  }
}
