// mailmove: connection errors in words.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension TransportError {
  /// What happened, and where.
  package var message: String {
    switch self {
    case .cannotResolve(let host, let reason):
      "cannot find the host \(host.quotedForMessage): \(reason)"
    case .resolverSilent(let host, let limit):
      "no answer from the resolver for \(host.quotedForMessage) within"
        + " \(limit.components.seconds) s"
    case .cannotConnect(let host, let port, let attempts):
      "cannot connect to \(host.quotedForMessage) port \(port): "
        + (attempts.isEmpty
          ? "it has no address"
          : attempts.map { "\($0.address): \($0.reason)" }.joined(separator: "; "))
    case .timedOut(let phase, let limit):
      "no progress for \(limit.components.seconds) s while \(phase.words)"
    case .certificate(let problem): problem.message
    case .tlsVersion(let host, let reason, _):
      "\(host) and mailmove found no TLS version in common (\(reason))"
    case .weakParameters(let host, let reason, _):
      "\(host) offers TLS that is too weak for this profile (\(reason))"
    case .plainTextOnTLSPort(let host): "\(host) does not speak TLS on this port"
    case .handshake(let host, let reason): "the TLS handshake with \(host) failed: \(reason)"
    case .protocolFailure(let reason): "the TLS connection broke: \(reason)"
    case .closedByPeer(let phase): "the server closed the connection while \(phase.words)"
    case .reset(let phase): "the connection was reset while \(phase.words)"
    case .network(let reason, let phase): "the network failed while \(phase.words): \(reason)"
    case .interrupted: "interrupted"
    case .clearTextViolation(.dataBeforeTLS):
      "the server, or somebody on the way to it, sent clear text where TLS had to begin"
    case .clearTextViolation(.tooMuch):
      "the server sent more than \(Limits.clearTextBytesMax) bytes before TLS"
    case .decompression(let reason): "the server's compressed stream is damaged: \(reason)"
    case .settings(let reason): reason
    case .system(let call, let reason): "the system refused \(call): \(reason)"
    }
  }

  /// What to do next.
  package var hint: String {
    switch self {
    case .cannotResolve: "check the spelling of the host, and DNS on this machine"
    case .resolverSilent: "check DNS on this machine (`getent hosts NAME`); run the command again"
    case .cannotConnect: "check host and port, and whether a firewall is in between"
    case .timedOut(.connect, _): "a firewall may drop the packets; check host and port"
    case .timedOut(.handshake, _):
      "the port may not be a TLS port: imaps is 993, pop3s 995; imap 143 and pop3 110 use STARTTLS"
    case .timedOut: "run the same command again; it continues where it stopped"
    case .certificate(let problem): problem.hint
    case .tlsVersion(_, _, let needs): Self.profileHint(needs)
    case .weakParameters(_, _, let needs): Self.profileHint(needs)
    case .plainTextOnTLSPort:
      "use the TLS port (imaps 993, pop3s 995), or imap:// or pop3:// for a port with STARTTLS"
    case .handshake: "look at the server with `mailmove probe`"
    case .closedByPeer(.handshake), .reset(.handshake):
      "old servers do this when they know no TLS version or cipher on offer: try the TLS profile"
        + " compat, then legacy"
    case .protocolFailure, .closedByPeer, .reset, .network:
      "run the same command again; it continues where it stopped"
    case .interrupted: "run the same command again to continue"
    case .clearTextViolation:
      "nothing secret was sent; use the TLS port (imaps 993, pop3s 995) or another network"
    case .decompression: "turn compression off for this server"
    case .settings: "correct the TLS settings of this endpoint"
    case .system: "run fewer connections at once, or raise the limits of this process (`ulimit`)"
    }
  }

  private static func profileHint(_ needs: TLSPolicy.Profile?) -> String {
    guard let needs else {
      return "no profile of mailmove accepts this; put a TLS relay next to the server and pin it"
    }
    return "if you accept that for this server, set its TLS profile to \(needs.rawValue)"
  }
}

extension TransportError.Phase {
  fileprivate var words: String {
    switch self {
    case .connect: "connecting"
    case .handshake: "starting TLS"
    case .read: "waiting for the server's bytes"
    case .write: "sending to the server"
    }
  }
}

extension CertificateProblem {
  /// What is wrong, with the part of the certificate that shows it.
  package var message: String {
    switch reason {
    case .expired:
      "the certificate of \(host) expired" + (presented.map { " on \($0.notAfter)" } ?? "")
    case .notYetValid:
      "the certificate of \(host) is not valid"
        + (presented.map { " before \($0.notBefore)" } ?? " yet")
    case .wrongName:
      "the certificate is not for \(host)"
        + (presented.map { ", but for \($0.namesForMessage)" } ?? "")
    case .selfSigned: "the certificate of \(host) is signed by nobody but itself"
    case .unknownIssuer:
      "the certificate of \(host) was issued by somebody this machine does not trust"
        + (presented.map { " (\($0.issuer))" } ?? "")
    case .pinMismatch(let wanted):
      "the certificate of \(host) has another pin than "
        + wanted.map(\.pin).joined(separator: ", ")
    case .missing: "\(host) showed no certificate"
    case .other: "the certificate of \(host) is not acceptable: \(text) (verify code \(code))"
    }
  }

  /// What to do: the pin to set is in it, to be compared with one from the server's owner.
  package var hint: String {
    let pin = presented.map { "pin \($0.keyPin.pin)" } ?? "a pin"
    let comparing = "\(pin), after comparing it with what the server's owner says"
    switch reason {
    case .expired: return "ask the owner to renew it; to accept it as it is, set \(comparing)"
    case .notYetValid: return "check this machine's clock; otherwise set \(comparing)"
    case .wrongName:
      return
        "use one of those names as the host or as the TLS server name; otherwise set \(comparing)"
    case .selfSigned: return "set \(comparing)"
    case .unknownIssuer:
      return "give the issuer's certificate as the CA file, or set \(comparing)"
    case .pinMismatch:
      return "the server now shows \(pin); if its owner confirms the change, set that;"
        + " otherwise somebody may be listening"
    case .missing: return "no profile accepts a server without a certificate"
    case .other: return "ask the owner to replace it; to accept it as it is, set \(comparing)"
    }
  }
}

extension String {
  /// A host as typed, with control characters made visible.
  fileprivate var quotedForMessage: String {
    unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F } ? self : debugDescription
  }
}
