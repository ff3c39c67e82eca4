// mailmove: the base64 of mailbox names.
// SPDX-License-Identifier: Apache-2.0

/// Modified UTF-7 (RFC 9051, A.1), both ways.
package enum ModifiedUTF7 {
  /// The name for people; never sent to a server.
  package static func display(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
