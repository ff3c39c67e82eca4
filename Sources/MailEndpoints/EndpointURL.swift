// mailmove: the address of an account or an archive.
// SPDX-License-Identifier: Apache-2.0

/// Where mail is: `imaps://user@host`, `imap://user@host:143`, `archive:/path`. Never a secret.
///
/// The last `@` splits user and host, so a user name may be an address as it is; any other
/// character of it may be percent-encoded. Modelled on RFC 5092 and RFC 3986, 3.2.
package struct EndpointURL: Sendable, Equatable {
  package enum Scheme: String, Sendable, CaseIterable {
    /// TLS from the first byte (RFC 8314).
    case imaps
    /// STARTTLS, which is then required (RFC 9051, 6.2.1).
    case imap
    case pop3s
    /// STLS, which is then required (RFC 2595).
    case pop3
    case archive

    /// nil for an archive, which is a folder and has no port.
    package var defaultPort: Int? {
      switch self {
      case .imaps: 993
      case .imap: 143
      case .pop3s: 995
      case .pop3: 110
      case .archive: nil
      }
    }

    /// Schemes that reach the same account by different doors have the same one.
    package var protocolName: String {
      switch self {
      case .imaps, .imap: "imap"
      case .pop3s, .pop3: "pop3"
      case .archive: "archive"
      }
    }
  }

  package let scheme: Scheme
  /// Decoded; nil when the URL names none.
  package let user: String?
  /// ASCII letters in lower case, everything else as typed; IPv6 without brackets; empty for an
  /// archive.
  package let host: String
  /// 1 to 65535; 0 for an archive.
  package let port: Int
  /// Only of an archive; empty otherwise.
  package let path: String

  /// Reads what the user typed.
  package init(_ text: String) throws(EndpointURLError) {
    guard let split = Self.splitScheme(text) else { throw .schemeMissing }
    guard let scheme = Scheme(rawValue: split.scheme.lowercased()) else {
      throw EndpointURLError.aboutScheme(split.scheme)
    }
    if scheme == .archive {
      try self.init(archive: split.rest)
    } else {
      guard split.hasSlashes else { throw .slashesMissing(scheme) }
      try self.init(server: split.rest, scheme: scheme)
    }
  }

  private init(archive rest: Substring) throws(EndpointURLError) {
    let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
    guard path.hasPrefix("/") else { throw .pathNotAbsolute }
    scheme = .archive
    user = nil
    host = ""
    port = 0
    // However many slashes are typed, also at the end, it is the same folder.
    self.path = "/" + path.split(separator: "/").joined(separator: "/")
  }

  private init(_ url: EndpointURL, path: String) {
    scheme = url.scheme
    user = url.user
    host = url.host
    port = url.port
    self.path = path
  }

  /// The same with another path; for an archive.
  package func at(path: String) -> EndpointURL { EndpointURL(self, path: path) }

  /// The account and the path in what `identity(account:)` makes of an archive; nil for a server.
  package static func archive(inIdentity text: String) -> (account: String, path: String)? {
    let start = Scheme.archive.rawValue + ":"
    guard let range = text.firstRange(of: start + "/") else { return nil }
    let account = text[..<range.lowerBound]
    guard account.isEmpty || account.hasSuffix(" in ") else { return nil }
    return (String(account), String(text[text.index(range.lowerBound, offsetBy: start.count)...]))
  }

  private init(server rest: Substring, scheme: Scheme) throws(EndpointURLError) {
    let at = rest.lastIndex(of: "@")
    if let at {
      let name = rest[..<at]
      guard !name.contains(":") else { throw .passwordInURL }
      guard !name.isEmpty else { throw .userEmpty }
      guard let decoded = Self.percentDecoded(name) else { throw .userEncoding }
      user = decoded
    } else {
      user = nil
    }
    var location = at.map { rest[rest.index(after: $0)...] } ?? rest
    if location.hasSuffix("/") { location.removeLast() }
    guard !location.contains("/") else { throw .pathNotAllowed }
    let (host, port) = try Self.splitPort(location, scheme: scheme)
    self.scheme = scheme
    self.host = host
    self.port = port
    path = ""
  }

  /// The account, whichever door leads to it: the same for `imap://` and `imaps://`, and for a
  /// default port that is typed or not. It names the ledger and tells one account from another.
  package var identity: String {
    guard scheme != .archive else { return "archive:\(path)" }
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    return "\(scheme.protocolName)://"
      + authority(host: name, portIsKnown: port == scheme.defaultPort)
  }

  /// The identity of one account in an archive that may hold several: `LABEL in archive:/path`.
  ///
  /// The label is percent-encoded, so that nothing else reads the same. Without a label, and for a
  /// server, it is `identity`.
  package func identity(account label: String?) -> String {
    guard scheme == .archive, let label else { return identity }
    return "\(Self.percentEncoded(label)) in \(identity)"
  }

  private func authority(host: String, portIsKnown: Bool) -> String {
    let name = user.map { Self.percentEncoded($0) + "@" } ?? ""
    let shown = host.contains(":") ? "[\(host)]" : host
    return name + shown + (portIsKnown ? "" : ":\(port)")
  }
}

extension EndpointURL: CustomStringConvertible {
  /// The URL in its shortest form; it can be typed again.
  package var description: String {
    guard scheme != .archive else { return "archive:\(path)" }
    return "\(scheme.rawValue)://"
      + authority(host: host, portIsKnown: port == scheme.defaultPort)
  }
}

extension EndpointURL {
  private static func splitScheme(
    _ text: String
  ) -> (scheme: Substring, rest: Substring, hasSlashes: Bool)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon]
    let rest = text[text.index(after: colon)...]
    let isScheme = scheme.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2B
    }
    guard !scheme.isEmpty, isScheme else { return nil }
    if scheme.lowercased() == Scheme.archive.rawValue { return (scheme, rest, false) }
    // `alice:secret@host` has no scheme; what stands before the colon must not be taken for one.
    if !rest.hasPrefix("//") && Scheme(rawValue: scheme.lowercased()) == nil { return nil }
    return (scheme, rest.hasPrefix("//") ? rest.dropFirst(2) : rest, rest.hasPrefix("//"))
  }

  private static func splitPort(
    _ location: Substring, scheme: Scheme
  ) throws(EndpointURLError) -> (host: String, port: Int) {
    let host: Substring
    let after: Substring
    if location.hasPrefix("[") {
      guard let end = location.firstIndex(of: "]") else { throw .addressNotClosed }
      host = location[location.index(after: location.startIndex)..<end]
      after = location[location.index(after: end)...]
      guard isIPv6(host) else { throw .addressInvalid }
    } else {
      guard location.filter({ $0 == ":" }).count <= 1 else { throw .addressNeedsBrackets }
      host = location.prefix { $0 != ":" }
      after = location[host.endIndex...]
      guard !host.isEmpty else { throw .hostMissing }
      guard host.unicodeScalars.allSatisfy(isHostScalar) else { throw .hostInvalid }
    }
    return (lowercasedASCII(host), try port(after, scheme: scheme))
  }

  private static func port(
    _ text: Substring, scheme: Scheme
  ) throws(EndpointURLError) -> Int {
    guard !text.isEmpty else { return scheme.defaultPort ?? 0 }
    let digits = text.dropFirst()
    guard text.hasPrefix(":"), !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let port = Int(digits), (1...65535).contains(port)
    else { throw .portInvalid }
    return port
  }

  private static func isIPv6(_ text: Substring) -> Bool {
    text.utf8.filter { $0 == 0x3A }.count >= 2
      && text.utf8.allSatisfy { byte in
        (0x30...0x3A).contains(byte) || (0x61...0x66).contains(byte | 0x20) || byte == 0x2E
      }
  }

  private static func isHostScalar(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return scalar.value > 0xA0 && scalar.properties.isAlphabetic }
    return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
      || scalar == "-" || scalar == "." || scalar == "_"
  }

  private static func lowercasedASCII(_ text: Substring) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
        }))
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(
          String(decoding: rest.prefix(2), as: UTF8.self),
          radix: 16)
      else { return nil }
      bytes.append(value)
      rest.removeFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else { return nil }
    let hasControls = decoded.unicodeScalars.contains {
      $0.properties.generalCategory == .control
    }
    return hasControls ? nil : decoded
  }

  private static func percentEncoded(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      let isReserved =
        scalar.value <= 0x20 || "%:/?#[]\"'\\<>`$&;|()*!".unicodeScalars.contains(scalar)
      if isReserved {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
}
