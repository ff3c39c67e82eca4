// mailmove: one gzip member of an archive file.
// SPDX-License-Identifier: Apache-2.0

import CDeflate
import CZlib

/// One gzip member (RFC 1952) of a segment or a journal file, with the archive's fixed header.
package enum GzipMember {
  /// What a member holds; the byte in its header.
  package enum Kind: UInt8, Sendable {
    case mail = 1
    case journal = 2
  }
}
