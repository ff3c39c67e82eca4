// mailmove: making a gzip member piece by piece.
// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// Compresses a text that comes in pieces into a member that goes in pieces, and reads back what it
/// hands over.
final class MemberStream {
  private let deflater: any StreamDeflater
  private let proof: StreamInflation
  private let proven = RunningDigest()
  private let digest = RunningDigest()
  private var checksum: UInt32 = 0
  private var textLength = 0

  /// What is compressed at a time.
  private static let pieceBytes = 1 << 20

  init(_ deflater: any StreamDeflater) {
    self.deflater = deflater
    proof = StreamInflation { [proven] in proven.update($0) }
  }

  /// Hands over what a member begins with.
  func begin(
    _ kind: GzipMember.Kind, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try write(GzipMember.header(kind))
  }

  /// Takes the next piece of the text.
  func take(
    _ text: UnsafeRawBufferPointer, _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    digest.update(text)
    checksum = libdeflate_crc32(checksum, text.baseAddress, text.count)
    textLength += text.count
    for start in stride(from: 0, to: text.count, by: Self.pieceBytes) {
      let piece = text[start..<min(start + Self.pieceBytes, text.count)]
      try deflate(UnsafeRawBufferPointer(rebasing: piece), isLast: false, write)
    }
  }

  /// Hands over what is left.
  ///
  /// Throws `unfaithful` if the member does not give back the text.
  func end(_ write: ([UInt8]) throws(ArchiveError) -> Void) throws(ArchiveError) {
    try deflate(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, write)
    guard proof.isComplete, proof.length == textLength, proven.value == digest.value,
      let textLength = UInt32(exactly: textLength)
    else { throw .unfaithful(detail: "deflate does not give back what it was given") }
    try write(GzipMember.trailer(checksum: checksum, length: textLength))
  }

  private func deflate(
    _ text: UnsafeRawBufferPointer, isLast: Bool,
    _ write: ([UInt8]) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    try deflater.take(text, isLast: isLast) { bytes throws(ArchiveError) in
      proof.take(bytes)
      try write(bytes)
    }
  }
}
