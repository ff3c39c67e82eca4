// mailmove: limits at the door.
// SPDX-License-Identifier: Apache-2.0

/// Every limit on what a server may make us hold, with its unit and its reason.
package enum Limits {
  /// Bytes in one literal. Larger messages are a recorded skip; the largest limit seen at a
  /// provider is 150 MB.
  package static let literalBytesMax = 256 << 20
  /// Bytes in one response outside its literals. The longest honest ones are SEARCH results:
  /// a million UIDs take 8 MB.
  package static let responseTextBytesMax = 16 << 20
  /// Literals in one response. LIST and STATUS use one or two; a FETCH one for each body section.
  package static let responseLiteralsMax = 64
  /// Parentheses inside parentheses. FLAGS, STATUS and NAMESPACE need three.
  package static let nestingMax = 64
  /// Bytes of a response before TLS: a greeting, CAPABILITY, the answer to STARTTLS.
  package static let clearTextBytesMax = 64 << 10
  /// UIDs that one APPENDUID or ESEARCH answer may expand to.
  package static let expandedUIDsMax = 4 << 20
}
