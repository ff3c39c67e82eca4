// mailmove: text that is its bytes.
// SPDX-License-Identifier: Apache-2.0

/// A text that equals another only if both are the same bytes.
///
/// A Swift String equals every other way to write the same characters, `é` as one scalar or as two.
/// For servers, archives and file systems those are two names.
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (lhs: ExactText, rhs: ExactText) -> Bool { lhs.text.isExactly(rhs.text) }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // Ends the text, where several are hashed together.
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Whether both are the same bytes; `==` asks whether they are the same characters.
  package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
