// mailmove: which target may import what.
// SPDX-License-Identifier: Apache-2.0

/// The rooms of the project as imports: arrows point down only.
enum ImportRules {
  private static let targets: [String: Set<String>] = [
    "MailWire": [],
    "MailTransport": ["MailWire", "COpenSSL", "CZlib", "Glibc", "Synchronization"],
    "SyncEngine": ["MailWire", "Synchronization"],
    "SQLiteRows": ["GRDB"],
    "SQLiteJournal": [
      "SyncEngine", "MailWire", "SQLiteRows", "GRDB", "Foundation", "Glibc", "Synchronization",
    ],
    "MailArchive": [
      "MailWire", "SQLiteRows", "COpenSSL", "CZlib", "CDeflate", "GRDB", "Foundation", "Glibc",
      "Darwin", "Dispatch", "Synchronization",
    ],
    "MailEndpoints": ["MailArchive", "MailTransport", "SyncEngine", "MailWire", "Synchronization"],
    "MailJobs": [
      "MailArchive", "MailEndpoints", "SyncEngine", "SQLiteJournal", "MailTransport", "MailWire",
      "Yams", "Foundation", "Glibc", "Synchronization",
    ],
    "MailCommands": [
      "MailJobs", "MailArchive", "MailEndpoints", "SyncEngine", "SQLiteJournal", "MailTransport",
      "MailWire", "ArgumentParser", "Foundation", "Glibc", "Dispatch", "Synchronization",
    ],
    "mailmove": ["MailCommands"],
  ]

  /// Files that may import one thing more: digests need a library, and so does Unicode.
  private static let exceptions: [String: Set<String>] = [
    "MailWire/SHA256Digest": ["COpenSSL"],
    "MailWire/KeyedHash": ["COpenSSL"],
    "MailWire/UnsafeRawBufferPointer+Search": ["Glibc", "Darwin"],
    "SyncEngine/String+UnicodeForms": ["Foundation"],
    // GRDB binds bytes only as `Data`.
    "SQLiteRows/StatementValues": ["Foundation"],
  ]

  /// What a file may import; nil for a target without a rule.
  static func allowed(in target: String, file: String) -> Set<String>? {
    targets[target]?.union(exceptions["\(target)/\(file)"] ?? [])
  }
}
