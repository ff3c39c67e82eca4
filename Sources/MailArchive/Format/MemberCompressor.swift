// mailmove: making gzip members.
// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// Makes one member after the other; one thread uses it at a time.
final class MemberCompressor: @unchecked Sendable {
  private let compressor: OpaquePointer

  /// - Parameter level: 1 (fast) to 12 (small), as libdeflate counts.
  init(level: Int) {
    guard let compressor = libdeflate_alloc_compressor(Int32(max(1, min(level, 12)))) else {
      preconditionFailure("no memory to compress with")
    }
    self.compressor = compressor
  }

  deinit { libdeflate_free_compressor(compressor) }

  /// Compresses a text into a member.
  ///
  /// - Parameter text: below 4 GiB, since a member says its length in 32 bits.
  func member(_ kind: GzipMember.Kind, _ text: [UInt8]) -> [UInt8] {
    precondition(text.count <= UInt32.max, "a member holds less than 4 GiB")
    return text.withUnsafeBytes { text in
      if text.count >= Self.sampledBytesMin, !repeats(text) {
        var literals = LiteralDeflate()
        let blocks = LiteralBlock.blocks(of: text)
        return Self.member(kind, of: text, room: literals.room(for: blocks)) { output in
          literals.write(blocks, isLast: true, to: output)
        }
      }
      let room = libdeflate_deflate_compress_bound(compressor, text.count)
      return Self.member(kind, of: text, room: room) { compress(text, to: $0) }
    }
  }

  /// - Parameter deflate: writes the stream and returns its length.
  private static func member(
    _ kind: GzipMember.Kind, of text: UnsafeRawBufferPointer, room: Int,
    _ deflate: (UnsafeMutableRawBufferPointer) -> Int
  ) -> [UInt8] {
    let start = GzipMember.headerLength
    let capacity = start + room + GzipMember.trailerLength
    return [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      let bytes = UnsafeMutableRawBufferPointer(output)
      bytes.copyBytes(from: GzipMember.header(kind))
      let end = start + deflate(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
      let trailer = GzipMember.trailer(
        checksum: GzipMember.checksum(text), length: UInt32(text.count))
      bytes[end...].copyBytes(from: trailer)
      count = end + trailer.count
    }
  }

  private func compress(
    _ text: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer
  ) -> Int {
    let length = libdeflate_deflate_compress(
      compressor, text.baseAddress, text.count, output.baseAddress, output.count)
    precondition(length > 0, "libdeflate needs more than it said")
    return length
  }

  // MARK: What is not worth searching

  /// A shorter text is soon searched, and too short to be judged by samples.
  private static let sampledBytesMin = 128 << 10
  private static let samples = 4
  private static let sampleBytes = 8 << 10
  /// How little smaller a sample may get by repetitions for them not to be looked for.
  private static let gainPercentMin = 2

  /// Whether samples of a text get smaller if repetitions in them are looked for. So does noise,
  /// of which libdeflate sees that it is best left as it is. A text shorter than a sample does.
  func repeats(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count >= Self.sampleBytes else { return true }
    var searched = 0
    var unsearched = 0
    let room = libdeflate_deflate_compress_bound(compressor, Self.sampleBytes)
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { output in
      for index in 0..<Self.samples {
        let start = (text.count - Self.sampleBytes) * (2 * index + 1) / (2 * Self.samples)
        let sample = UnsafeRawBufferPointer(rebasing: text[start..<(start + Self.sampleBytes)])
        searched += compress(sample, to: output)
        unsearched += LiteralDeflate.length(of: sample)
      }
    }
    let isNoise = unsearched >= Self.samples * Self.sampleBytes
    return isNoise || searched * 100 < unsearched * (100 - Self.gainPercentMin)
  }
}
