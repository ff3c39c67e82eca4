// mailmove: whom a connection trusts.
// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Foundation
import MailTestKit
import MailWire
import Testing

@testable import MailTransport

@Suite struct CertificateTests {
  let trust: TestTrust
  let authority: CertificateAuthority

  init() throws {
    trust = try TestTrust()
    authority = try TestTrust.authority.get()
  }

  private func server(_ identity: Identity) throws -> TLSTestServer {
    try TLSTestServer(TLSServerSettings(identity: identity)) { try $0.write("hello") }
  }

  private func problem(
    with identity: Identity, host: String = "localhost", serverName: String? = nil,
    trust policyTrust: TLSPolicy.Trust? = nil
  ) async throws -> CertificateProblem {
    let server = try server(identity)
    let context = try TLSContext(
      TLSPolicy(trust: policyTrust ?? .caFile(trust.caFile), serverName: serverName))
    let error = try await failure { _ = try server.connect(context, host: host) }
    guard case .certificate(let problem) = error else { throw error }
    #expect(error.message.contains(serverName ?? host))
    return problem
  }

  private func greets(
    _ identity: Identity, host: String = "localhost", serverName: String? = nil,
    trust policyTrust: TLSPolicy.Trust? = nil
  ) async throws -> Bool {
    let server = try server(identity)
    let context = try TLSContext(
      TLSPolicy(trust: policyTrust ?? .caFile(trust.caFile), serverName: serverName))
    return try await onThread {
      try server.connect(context, host: host).readText(5) == "hello"
    }
  }

  @Test func refusesAnExpiredCertificateAndSaysSinceWhen() async throws {
    let problem = try await problem(
      with: authority.issue(notBefore: -7200, notAfter: -3600))
    #expect(problem.reason == .expired && problem.code == 10)
    let presented = try #require(problem.presented)
    #expect(problem.message.contains(presented.notAfter))
    #expect(problem.hint.contains(presented.keyPin.pin))
  }

  @Test func refusesACertificateThatIsNotYetValid() async throws {
    let problem = try await problem(with: authority.issue(notBefore: 3600, notAfter: 7200))
    #expect(problem.reason == .notYetValid && problem.code == 9)
  }

  @Test func refusesACertificateForAnotherHostAndNamesItsHosts() async throws {
    let problem = try await problem(
      with: authority.issue(names: [.dns("mail.example.org")], commonName: "localhost"))
    #expect(problem.reason == .wrongName && problem.code == 62)
    #expect(problem.message.contains("mail.example.org"))
  }

  @Test func refusesAPartialWildcard() async throws {
    let problem = try await problem(
      with: authority.issue(names: [.dns("m*.example.org")], commonName: "other"),
      serverName: "mail.example.org")
    #expect(problem.reason == .wrongName)
  }

  @Test func refusesASelfSignedCertificate() async throws {
    let problem = try await problem(with: CertificateAuthority.selfSigned())
    #expect(problem.reason == .selfSigned && problem.code == 18)
  }

  @Test func refusesAnUnknownIssuer() async throws {
    let stranger = try CertificateAuthority(name: "a stranger")
    let problem = try await problem(with: stranger.issue())
    #expect(problem.reason == .unknownIssuer)
    #expect([19, 20, 21].contains(problem.code))
  }

  @Test func refusesWhatTheSystemDoesNotTrust() async throws {
    let problem = try await problem(with: authority.issue(), trust: .system)
    #expect(problem.reason == .unknownIssuer)
  }

  @Test func anAuthorityThatCannotBeOpenedForLackOfDescriptorsIsNoFaultOfTheServer() {
    func error(systemCode: Int32) -> TransportError {
      HandshakeFailure(
        host: "h", profile: .modern,
        errors: OpenSSLErrors(tlsReason: 0, systemCode: systemCode, text: systemText(systemCode)),
        verifyCode: 20, presented: nil, followsClearText: false
      ).error
    }
    for code in [EMFILE, ENFILE, ENOMEM] {
      #expect(error(systemCode: code) == .system(call: "open", reason: systemText(code)))
    }
    #expect(error(systemCode: ENOENT) == .handshake(host: "h", reason: systemText(ENOENT)))
  }

  @Test func refusesEverybodyWhereNobodyIsTrusted() async throws {
    let problem = try await problem(with: authority.issue(), trust: .nobody)
    #expect(problem.reason == .unknownIssuer)
  }

  @Test func refusesAnAddressThatTheCertificateDoesNotName() async throws {
    let problem = try await problem(
      with: authority.issue(names: [.dns("localhost")]), host: "127.0.0.1")
    #expect(problem.reason == .wrongName && problem.code == 64)
  }

  @Test func acceptsAnAddressThatTheCertificateNames() async throws {
    #expect(try await greets(authority.issue(names: [.ip("127.0.0.1")]), host: "127.0.0.1"))
  }

  @Test func acceptsACommonNameWhereThereIsNoOtherName() async throws {
    #expect(try await greets(authority.issue(names: [], commonName: "localhost")))
  }

  @Test func acceptsAWildcard() async throws {
    #expect(
      try await greets(
        authority.issue(names: [.dns("*.example.org")]), serverName: "mail.example.org"))
  }

  @Test func verifiesTheNameItIsToldInsteadOfTheHost() async throws {
    let identity = try authority.issue(names: [.dns("mail.example.org")], commonName: "other")
    #expect(try await greets(identity, serverName: "mail.example.org"))
    #expect(try await greets(identity, host: "127.0.0.1", serverName: "mail.example.org."))
  }

  @Test func acceptsACertificateNamedAsItsOwnCAFile() async throws {
    let identity = try CertificateAuthority.selfSigned()
    let path = trust.caFile + ".own"
    try identity.certificatePEM.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try await greets(identity, trust: .caFile(path)))
  }

  @Test func acceptsAPinnedCertificateOrKeyWhateverElseIsWrongWithIt() async throws {
    let identity = try CertificateAuthority.selfSigned(
      names: [.dns("elsewhere")], notBefore: -7200, notAfter: -3600)
    let presented = try #require(try await problem(with: identity).presented)
    #expect(try await greets(identity, trust: .pins([presented.keyPin])))
    #expect(try await greets(identity, trust: .pins([presented.certificatePin])))
  }

  @Test func refusesEveryOtherCertificateWhenPinnedAndShowsItsPin() async throws {
    let wanted = SHA256Digest(of: [1, 2, 3])
    let problem = try await problem(with: authority.issue(), trust: .pins([wanted]))
    #expect(problem.reason == .pinMismatch(wanted: [wanted]))
    let presented = try #require(problem.presented)
    #expect(problem.hint.contains("sha256:\(presented.keyPin)"))
    #expect(problem.message.contains(wanted.pin))
  }

  @Test func aPinDoesNotMakeAShortKeyLong() async throws {
    let identity = try CertificateAuthority.selfSigned(keyType: .rsa1024)
    let server = try server(identity)
    let mismatch = try TLSContext(TLSPolicy(trust: .pins([SHA256Digest(of: [])])))
    let first = try await failure { _ = try server.connect(mismatch) }
    guard case .certificate(let problem) = first, let pin = problem.presented?.keyPin else {
      throw first
    }
    let strict = try TLSContext(TLSPolicy(trust: .pins([pin])))
    let error = try await failure { _ = try server.connect(strict) }
    guard case .weakParameters(_, _, .compat) = error else { throw error }
    let mild = try TLSContext(TLSPolicy(profile: .compat, trust: .pins([pin])))
    #expect(try await onThread { try server.connect(mild).readText(5) } == "hello")
  }

  @Test func saysWhichCAFileItCannotRead() throws {
    let error = #expect(throws: TransportError.self) {
      try TLSContext(TLSPolicy(trust: .caFile("/nowhere/ca.pem")))
    }
    #expect(error?.message.contains("/nowhere/ca.pem") == true)
    #expect(error?.message.contains("No such file") == true)
  }

  @Test(arguments: ["", ".", ".example.org", "a\0b", "a b", "%eth0"])
  func refusesNamesThatOpenSSLWouldTakeForLess(name: String) {
    #expect(ServerName(name) == nil)
  }

  @Test func describesACertificateWhoseKeyNobodyKnows() throws {
    let base64 = try authority.issue(keyType: .ec).certificatePEM
      .split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    var der = Array(try #require(Data(base64Encoded: base64)))
    // id-ecPublicKey (RFC 5480), and the same with another last number.
    let oid: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    let place = try #require(der.indices.first { der[$0...].starts(with: oid) })
    der[place + oid.count - 1] = 0x7F
    let info = try der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      let certificate = try #require(d2i_X509(nil, &start, buffer.count))
      defer { X509_free(certificate) }
      return CertificateInfo(certificate)
    }
    #expect(info.subject == "CN=localhost")
    #expect((info.keyType, info.keyBits) == ("unknown", 0))
  }

  @Test func readsThePinsItPrints() throws {
    let digest = SHA256Digest(of: [1])
    #expect(SHA256Digest(pin: digest.pin) == digest)
    #expect(SHA256Digest(pin: digest.pin.uppercased()) == digest)
    #expect(SHA256Digest(pin: "sha1:" + digest.description) == nil)
    #expect(SHA256Digest(pin: "sha256:" + digest.description.dropLast()) == nil)
    #expect(SHA256Digest(pin: "sha256:" + digest.description.dropLast(2) + "+1") == nil)
    #expect(SHA256Digest(pin: "sha256:" + digest.description.dropLast() + "é") == nil)
  }
}
