// mailmove: the accounts and folders a writer knows.
// SPDX-License-Identifier: Apache-2.0

import MailWire

/// Accounts and folders with what is staged for them; gives out their numbers and UIDs.
struct FolderTable {
  private(set) var accounts: [AccountID: ArchiveAccount] = [:]
  private(set) var folders: [FolderID: ArchiveFolder] = [:]
  private var accountByLabel: [ExactText: AccountID] = [:]
  private var folderByName: [Name: FolderID] = [:]

  private struct Name: Hashable {
    let account: AccountID
    let name: ExactText

    init(_ name: String, of account: AccountID) {
      self.account = account
      self.name = ExactText(name)
    }
  }

  init(accounts: [ArchiveAccount], folders: [ArchiveFolder]) {
    for account in accounts { remember(account) }
    for folder in folders { remember(folder) }
  }

  private mutating func remember(_ account: ArchiveAccount) {
    accounts[account.id] = account
    accountByLabel[ExactText(account.label)] = account.id
  }

  private mutating func remember(_ folder: ArchiveFolder) {
    if let old = folders[folder.id] {
      folderByName[Name(old.name, of: old.account)] = nil
    }
    folders[folder.id] = folder
    folderByName[Name(folder.name, of: folder.account)] = folder.id
  }

  func folder(_ id: FolderID) throws(ArchiveError) -> ArchiveFolder {
    guard let folder = folders[id] else { throw .noSuchFolder(id) }
    return folder
  }

  /// The account with a label, and the event that makes or changes it; nil if nothing changes.
  mutating func account(
    _ label: String, proto: String?, host: String?
  ) -> (AccountID, JournalEvent?) {
    let known = accountByLabel[ExactText(label)].flatMap { accounts[$0] }
    let id = known?.id ?? AccountID((accounts.keys.max()?.rawValue ?? 0) + 1)
    let account = ArchiveAccount(
      id: id, label: label, proto: proto ?? known?.proto, host: host ?? known?.host)
    if account == known { return (id, nil) }
    remember(account)
    return (
      id, .account(AccountEvent(id: id, label: label, proto: account.proto, host: account.host))
    )
  }

  /// The folder with a name, and the event that makes or changes it; nil if nothing changes.
  ///
  /// - Parameter uidValidity: for a folder that is new.
  mutating func folder(
    _ name: String, in account: AccountID, _ properties: FolderProperties, uidValidity: UInt32
  ) -> (ArchiveFolder, JournalEvent?) {
    let known = folderByName[Name(name, of: account)].flatMap { folders[$0] }
    let id = known?.id ?? FolderID((folders.keys.max()?.rawValue ?? 0) + 1)
    let folder = ArchiveFolder(
      id: id, account: account, name: name,
      delimiter: properties.delimiter ?? known?.delimiter,
      special: properties.special ?? known?.special,
      mailboxID: properties.mailboxID ?? known?.mailboxID,
      uidValidity: known?.uidValidity ?? uidValidity, uidNext: known?.uidNext ?? 1,
      scan: known?.scan)
    if folder == known { return (folder, nil) }
    remember(folder)
    return (folder, Self.event(folder))
  }

  /// Gives a folder a new name.
  mutating func rename(_ id: FolderID, to name: String) throws(ArchiveError) -> JournalEvent? {
    var folder = try folder(id)
    if folder.name.isExactly(name) { return nil }
    folder.name = name
    remember(folder)
    return Self.event(folder)
  }

  private static func event(_ folder: ArchiveFolder) -> JournalEvent {
    .folder(
      FolderEvent(
        id: folder.id, account: folder.account, name: folder.name, delimiter: folder.delimiter,
        special: folder.special, mailboxID: folder.mailboxID, uidValidity: folder.uidValidity))
  }

  /// The place of the next message in a folder.
  mutating func nextKey(in id: FolderID) throws(ArchiveError) -> PlacementKey {
    var folder = try folder(id)
    let uid = folder.uidNext
    guard uid < .max else { throw .folderFull(id) }
    folder.uidNext = uid + 1
    folders[id] = folder
    return PlacementKey(folder: id, uidValidity: folder.uidValidity, uid: uid)
  }
}

/// What a folder has beside its name; nil leaves what is known.
package struct FolderProperties: Sendable, Equatable {
  package var delimiter: String?
  /// Special use, such as `\Sent` (RFC 6154).
  package var special: String?
  /// MAILBOXID (RFC 8474) at the source.
  package var mailboxID: String?

  package init(delimiter: String? = nil, special: String? = nil, mailboxID: String? = nil) {
    self.delimiter = delimiter
    self.special = special
    self.mailboxID = mailboxID
  }
}
