// mailmove: why an address cannot be used.
// SPDX-License-Identifier: Apache-2.0

/// Why an address cannot be used; says how to write it, and never repeats a user or a password.
package enum EndpointURLError: Error, Sendable, Equatable {
  case schemeMissing
  case schemeUnknown(String, suggestion: EndpointURL.Scheme)
  /// Encryption was asked to be left out.
  case plainText(String)
  case slashesMissing(EndpointURL.Scheme)
  case passwordInURL
  case userEmpty
  case userEncoding
  case hostMissing
  case hostInvalid
  case addressNotClosed
  case addressInvalid
  case addressNeedsBrackets
  case portInvalid
  case pathNotAllowed
  case pathNotAbsolute

  static func aboutScheme(_ typed: Substring) -> EndpointURLError {
    let scheme = typed.lowercased()
    if scheme.contains("insecure") || scheme.contains("plain") || scheme.contains("notls") {
      return .plainText(scheme)
    }
    let suggestion: EndpointURL.Scheme =
      switch scheme {
      case "imap+starttls", "imap+tls": .imap
      case "pop3+stls", "pop3+starttls", "pop": .pop3
      case _ where scheme.hasPrefix("pop"): .pop3s
      case "file", "maildir", "mbox": .archive
      default: .imaps
      }
    return .schemeUnknown(scheme, suggestion: suggestion)
  }
}

extension EndpointURLError: CustomStringConvertible {
  /// What is wrong, and how to write it instead.
  package var description: String {
    switch self {
    case .schemeMissing:
      "the address has no scheme; write it like imaps://user@host"
    case .schemeUnknown(let scheme, let suggestion):
      "'\(scheme)://' is not a scheme mailmove knows; did you mean "
        + (suggestion == .archive ? "archive:/path?" : "\(suggestion.rawValue)://?")
    case .plainText(let scheme):
      "'\(scheme)://' asks for a connection without encryption, which mailmove never makes; "
        + "use imaps://, or imap:// for STARTTLS"
    case .slashesMissing(let scheme):
      "'\(scheme.rawValue):' needs two slashes; write it like \(scheme.rawValue)://user@host"
    case .passwordInURL:
      "a password does not belong in the address (a colon before the last @); others could read "
        + "it: use a password file or command, and write a colon of the user name itself as %3A"
    case .userEmpty: "the address has an @ and no user before it; write imaps://user@host"
    case .userEncoding:
      "the user name is not valid: a percent sign is written %25, and control characters are "
        + "not allowed"
    case .hostMissing: "the address has no host; write it like imaps://user@host"
    case .hostInvalid:
      "the host name has a character that no host name can have; write imaps://user@host:993"
    case .addressNotClosed: "the IPv6 address has no closing bracket; write imaps://user@[::1]:993"
    case .addressInvalid:
      "what stands in brackets is not an IPv6 address; write imaps://user@[::1]:993"
    case .addressNeedsBrackets: "an IPv6 address needs brackets; write imaps://user@[::1]:993"
    case .portInvalid: "the port is not a number from 1 to 65535"
    case .pathNotAllowed:
      "nothing may follow the host; folders are chosen with --include and --exclude"
    case .pathNotAbsolute: "an archive needs the full path; write archive:/path/to/archive"
    }
  }
}
