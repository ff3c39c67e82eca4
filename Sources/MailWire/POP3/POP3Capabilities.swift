// mailmove: what a POP3 server can do.
// SPDX-License-Identifier: Apache-2.0

/// The answer to CAPA (RFC 2449, 5 and 6): one capability a line, with arguments.
package struct POP3Capabilities: Sendable, Equatable {
  private let arguments: [String: [String]]

  /// No CAPA, or no answer to it: nothing is promised, and nothing is ruled out.
  package static let none = POP3Capabilities([[UInt8]]())

  /// From the lines of the answer, in any order; words are compared without case.
  package init(_ lines: [[UInt8]]) {
    var arguments: [String: [String]] = [:]
    for line in lines {
      let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" }
        .map { VisibleText.of(String($0)) }
      guard let tag = words.first?.uppercased() else { continue }
      arguments[tag, default: []] += words.dropFirst()
    }
    self.arguments = arguments
  }

  package var isEmpty: Bool { arguments.isEmpty }

  package func has(_ tag: POP3Capability) -> Bool { arguments[tag.rawValue] != nil }

  /// As they are shown: sorted, with their arguments.
  package var names: [String] {
    arguments.keys.sorted().map { tag in
      ([tag] + (arguments[tag] ?? [])).joined(separator: " ")
    }
  }

  /// The SASL mechanisms offered (RFC 5034), sorted, in upper case.
  package var mechanisms: [String] {
    Set((arguments[POP3Capability.sasl.rawValue] ?? []).map { $0.uppercased() }).sorted()
  }

  /// LOGIN-DELAY in seconds (RFC 2449, 6.5); nil if none is announced.
  package var loginDelaySeconds: Int64? {
    arguments[POP3Capability.loginDelay.rawValue]?.first.flatMap { Int64($0) }
      .flatMap { (0...Self.delaySecondsMax).contains($0) ? $0 : nil }
  }

  /// EXPIRE 0 (RFC 2449, 6.7): the site may remove a message as soon as it has been retrieved.
  package var removesAfterReading: Bool {
    arguments[POP3Capability.expire.rawValue]?.first == "0"
  }

  /// IMPLEMENTATION: which software it is.
  package var implementation: String {
    (arguments[POP3Capability.implementation.rawValue] ?? []).joined(separator: " ")
  }

  /// A day: more is no delay between two logins.
  private static let delaySecondsMax: Int64 = 86_400
}

/// The capabilities that change what we do.
package enum POP3Capability: String, Sendable, CaseIterable {
  case top = "TOP"
  case uidl = "UIDL"
  case sasl = "SASL"
  case pipelining = "PIPELINING"
  case loginDelay = "LOGIN-DELAY"
  case expire = "EXPIRE"
  case implementation = "IMPLEMENTATION"
}
