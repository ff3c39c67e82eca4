// mailmove: which servers which profile reaches.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailTransport

/// A kind of server, and the mildest profile that connects to it.
struct ServerRow: Sendable, CustomTestStringConvertible {
  enum Failure: Sendable { case version, weak }

  let testDescription: String
  var versions: ClosedRange<TLSServerSettings.Version> = .tls10 ... .tls12
  var ciphers = "ALL"
  var diffieHellman = TLSServerSettings.DiffieHellman.bits2048
  var key = CertificateAuthority.KeyType.rsa2048
  var digest = CertificateAuthority.Digest.sha256
  /// What stricter profiles report; they name `reachedBy` unless that is two steps away.
  var failure = Failure.weak
  let reachedBy: TLSPolicy.Profile

  static let all = [
    ServerRow(
      testDescription: "TLS 1.3", versions: .tls13 ... .tls13, key: .ec, reachedBy: .modern),
    ServerRow(
      testDescription: "TLS 1.2, ECDHE and GCM", versions: .tls12 ... .tls12,
      ciphers: "ECDHE-RSA-AES128-GCM-SHA256", reachedBy: .modern),
    ServerRow(
      testDescription: "TLS 1.2, RSA key exchange", versions: .tls12 ... .tls12,
      ciphers: "AES256-SHA", reachedBy: .modern),
    ServerRow(
      testDescription: "TLS 1.2, DHE with 2048 bits", versions: .tls12 ... .tls12,
      ciphers: "DHE-RSA-AES256-GCM-SHA384", reachedBy: .modern),
    ServerRow(
      testDescription: "TLS 1.2, DHE with 1024 bits", versions: .tls12 ... .tls12,
      ciphers: "DHE-RSA-AES256-GCM-SHA384", diffieHellman: .bits1024, reachedBy: .compat),
    ServerRow(
      testDescription: "TLS 1.2, ECDHE and CBC", versions: .tls12 ... .tls12,
      ciphers: "ECDHE-RSA-AES256-SHA384", reachedBy: .modern),
    ServerRow(
      testDescription: "TLS 1.2, Camellia", versions: .tls12 ... .tls12,
      ciphers: "CAMELLIA256-SHA", reachedBy: .legacy),
    ServerRow(
      testDescription: "TLS 1.1, ECDHE", versions: .tls11 ... .tls11,
      ciphers: "ECDHE-RSA-AES256-SHA", failure: .version, reachedBy: .legacy),
    ServerRow(
      testDescription: "TLS 1.0, ECDHE", versions: .tls10 ... .tls10,
      ciphers: "ECDHE-RSA-AES256-SHA", failure: .version, reachedBy: .legacy),
    ServerRow(
      testDescription: "TLS 1.0, RSA key exchange", versions: .tls10 ... .tls10,
      ciphers: "AES256-SHA", failure: .version, reachedBy: .legacy),
    ServerRow(
      testDescription: "TLS 1.0, DHE", versions: .tls10 ... .tls10,
      ciphers: "DHE-RSA-AES256-SHA", failure: .version, reachedBy: .legacy),
    ServerRow(
      testDescription: "a 1024-bit RSA key", versions: .tls12 ... .tls12, key: .rsa1024,
      reachedBy: .compat),
    ServerRow(
      testDescription: "a certificate signed with SHA-1", versions: .tls12 ... .tls12, key: .ec,
      digest: .sha1, reachedBy: .legacy),
  ]

  func settings() throws -> TLSServerSettings {
    TLSServerSettings(
      identity: try TestTrust.authority.get().issue(keyType: key, digest: digest),
      versions: versions, ciphers: ciphers, diffieHellman: diffieHellman)
  }
}

extension TLSPolicy.Profile {
  var strictness: Int {
    switch self {
    case .modern: 2
    case .compat: 1
    case .legacy: 0
    }
  }
}

@Suite struct TLSProfileTests {
  let trust: TestTrust
  init() throws { trust = try TestTrust() }

  @Test(arguments: ServerRow.all)
  func reachesExactlyTheServersItsProfileAllows(row: ServerRow) async throws {
    let server = try TLSTestServer(row.settings()) { try $0.write("hello") }
    for profile in TLSPolicy.Profile.allCases {
      let context = try trust.context(profile)
      if profile.strictness <= row.reachedBy.strictness {
        let greeting = try await onThread { try server.connect(context).readText(5) }
        #expect(greeting == "hello", "\(profile)")
        continue
      }
      let error = try await failure { _ = try server.connect(context) }
      switch (row.failure, error) {
      case (.version, .tlsVersion(_, _, let needs)): #expect(needs == .legacy, "\(profile)")
      case (.weak, .weakParameters(_, _, let needs)):
        // A server that only says "no" leaves the next profile to try.
        #expect(needs == row.reachedBy || needs == .compat, "\(profile)")
      default: Issue.record("\(profile): \(error)")
      }
      #expect(error.hint.contains("profile"))
    }
  }

  @Test(arguments: TLSPolicy.Profile.allCases)
  func refusesAServerWithoutACertificateInEveryProfile(profile: TLSPolicy.Profile) async throws {
    let server = try TLSTestServer(
      TLSServerSettings(identity: nil, versions: .tls10 ... .tls12, ciphers: "ADH-AES256-SHA")
    ) { try $0.write("hello") }
    let trusting = try trust.context(profile)
    let refused = try await failure { _ = try server.connect(trusting) }
    guard case .weakParameters = refused else {
      Issue.record("\(refused)")
      return
    }
    let pinning = try TLSContext(
      TLSPolicy(profile: profile, trust: .pins([.init(of: [])])))
    let alsoRefused = try await failure { _ = try server.connect(pinning) }
    guard case .weakParameters = alsoRefused else {
      Issue.record("\(alsoRefused)")
      return
    }
  }

  @Test func tellsWhatWasAgreed() async throws {
    let server = try TLSTestServer(
      TLSServerSettings(identity: TestTrust.identity.get(), versions: .tls13 ... .tls13)
    ) { _ in }
    let context = try trust.context()
    let info = try await onThread { try server.connect(context).info }
    #expect(info.version == "TLSv1.3")
    #expect(info.cipher.hasPrefix("TLS_"))
    #expect(info.certificate.subject == "CN=localhost")
    #expect(info.certificate.issuer == "CN=mailmove test authority")
    #expect(info.certificate.names == ["localhost", "127.0.0.1"])
    #expect(info.certificate.keyBits == 256)
    #expect(info.certificate.notBefore < info.certificate.notAfter)
    #expect(info.issuers.map(\.subject) == ["CN=mailmove test authority"])
  }
}
