// mailmove: what cuts a stream of bytes into pieces.
// SPDX-License-Identifier: Apache-2.0

/// Cuts what a server sends into pieces with a meaning, without reading from anywhere itself.
package protocol StreamFramer {
  /// Something has begun and is not complete.
  var isMidResponse: Bool { get }

  /// Offers space to read into; `body` returns how many bytes it put there, and so does `fill`.
  mutating func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int
}

extension StreamFramer {
  /// Takes bytes that were read elsewhere.
  package mutating func feed(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = fill { space in
        let chunk = rest.prefix(space.count)
        space.copyBytes(from: chunk)
        return chunk.count
      }
      rest = rest.dropFirst(count)
    }
  }
}
