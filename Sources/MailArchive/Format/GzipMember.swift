// mailmove: one gzip member of an archive file.
// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// One gzip member (RFC 1952) of a segment or a journal file, with the archive's fixed header.
///
/// The header has 20 bytes, of which the first 16 are always the same, so that members can be found
/// again in a damaged file. Bytes 12 to 19 are a subfield of FEXTRA, which every reader of gzip
/// passes over.
package struct GzipMember: Sendable, Equatable {
  /// What a member holds; byte 17 of its header.
  package enum Kind: UInt8, Sendable {
    case mail = 1
    case journal = 2
  }

  /// Why there is no member to be read at some place.
  package enum Failure: Error, Equatable {
    /// Something else than the header of a member is there.
    case foreign
    /// A member of an archive, laid out as this version does not know.
    case unknownLayout(version: UInt8, kind: UInt8)
    /// The bytes end before the member does.
    case torn
    /// The member is whole but damaged, or ends somewhere else than it should.
    case damaged
    /// More text than the limit allows.
    case tooLarge
  }

  package let kind: Kind
  /// The text before compression.
  package let text: [UInt8]
  /// Bytes from the first of the header to the last of the trailer.
  package let compressedLength: Int

  package init(kind: Kind, text: [UInt8], compressedLength: Int) {
    self.kind = kind
    self.text = text
    self.compressedLength = compressedLength
  }

  package static let headerLength = 20
  /// CRC-32 and length of the text, each 4 bytes with the lowest first.
  package static let trailerLength = 8
  static let layoutVersion: UInt8 = 1
  /// gzip, deflate, FEXTRA; no time; OS 255; 8 bytes of FEXTRA; subfield `MM` of 4 bytes.
  static let prefix: [UInt8] = [
    0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 8, 0, 0x4D, 0x4D, 4, 0,
  ]

  /// The 20 bytes a member of that kind begins with.
  package static func header(_ kind: Kind) -> [UInt8] {
    prefix + [layoutVersion, kind.rawValue, 0, 0]
  }

  /// CRC-32 and length of a text, as they end a member.
  static func trailer(checksum: UInt32, length: UInt32) -> [UInt8] {
    littleEndian(checksum) + littleEndian(length)
  }

  /// Compresses a text into a member.
  ///
  /// - Parameters:
  ///   - text: below 4 GiB, since a member says its length in 32 bits.
  ///   - level: 1 (fast) to 12 (small), as libdeflate counts.
  package static func build(_ kind: Kind, _ text: [UInt8], level: Int = 6) -> [UInt8] {
    MemberCompressor(level: level).member(kind, text)
  }

  static func checksum(_ text: [UInt8]) -> UInt32 { text.withUnsafeBytes { checksum($0) } }

  static func checksum(_ text: UnsafeRawBufferPointer) -> UInt32 {
    libdeflate_crc32(0, text.baseAddress, text.count)
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}
