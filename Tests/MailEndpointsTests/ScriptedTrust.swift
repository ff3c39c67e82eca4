// mailmove: scripted servers that a client trusts, and accounts at them.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailEndpoints
import MailTestKit
import MailTransport
import MailWire
import SyncEngine

/// The authority behind all scripted servers of a test run.
enum ScriptedTrust {
  static let authority = Result { try CertificateAuthority(name: "mailmove endpoint tests") }
  static let identity = Result { try authority.get().issue() }
  static let context = Result {
    let file = NSTemporaryDirectory() + "mailmove-ca-\(UUID().uuidString).crt"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try authority.get().certificatePEM.write(toFile: file, atomically: true, encoding: .utf8)
    return try TLSContext(TLSPolicy(trust: .caFile(file)))
  }
}

extension ScriptedIMAPServer {
  convenience init(
    capabilities: String = "IMAP4rev1", opening: Opening = .tls, greeting: String = "* OK hello",
    answer: @escaping Answer = { _, _ in nil },
    refusesLiteral: @escaping @Sendable (String, Int) -> String? = { _, _ in nil }
  ) throws {
    try self.init(
      ScriptedTrust.identity.get(), capabilities: capabilities, opening: opening,
      greeting: greeting, answer: answer, refusesLiteral: refusesLiteral)
  }

  /// The account of a user at this server; `user` as it is typed, not as it is in a URL.
  func account(
    _ scheme: String = "imaps", user: String = "anna", masterUser: String? = nil,
    mechanism: LoginMethod? = nil, side: SyncError.Side = .target,
    credentials: CredentialProvider? = CredentialQueue.password("geheim").provider(.password),
    compression: CompressionChoice = .never, patience: Duration = .seconds(20),
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> IMAPAccount {
    var deadlines = Deadlines()
    deadlines.command = patience
    deadlines.firstByte = patience
    deadlines.progress = .seconds(20)
    let name = user.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? user
    return IMAPAccount(
      url: try EndpointURL("\(scheme)://\(name)@localhost:\(port)"), side: side,
      masterUser: masterUser, mechanism: mechanism, credentials: credentials,
      tls: try ScriptedTrust.context.get(), deadlines: deadlines, compression: compression,
      tell: tell)
  }
}

/// Runs what has to fail, and returns how.
func failure<Result>(_ body: () async throws -> Result) async throws -> SyncError {
  do { _ = try await body() } catch let error as SyncError { return error }
  throw TestServerError(what: "nothing failed")
}
