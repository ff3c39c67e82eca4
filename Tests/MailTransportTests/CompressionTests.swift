// mailmove: COMPRESS=DEFLATE.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import MailWire
import Testing

@testable import MailTransport

@Suite struct CompressionTests {
  let trust: TestTrust
  let context: TLSContext
  let settings: TLSServerSettings

  init() throws {
    trust = try TestTrust()
    context = try trust.context()
    settings = TLSServerSettings(identity: try TestTrust.identity.get())
  }

  private static func deflated(_ bytes: [UInt8], flush: Bool = true) throws -> [UInt8] {
    try deflated(bytes, by: Deflater(level: 6), flush: flush)
  }

  private static func deflated(
    _ bytes: [UInt8], by deflater: Deflater, flush: Bool = true
  ) throws -> [UInt8] {
    var result: [UInt8] = []
    try bytes.withUnsafeBytes {
      try deflater.compress($0, flush: flush) { result += $0 }
    }
    return result
  }

  /// Sends back, compressed, what it decompressed.
  private static func echo(_ connection: TLSTestConnection, dripping: Bool) throws {
    let deflater = try Deflater(level: 6)
    let inflater = try Inflater()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while let input = try connection.readSome() {
      _ = try inflater.refill { space in
        space.copyBytes(from: input)
        return input.count
      }
      while case let count = try buffer.withUnsafeMutableBytes({ try inflater.inflate(into: $0) }),
        count > 0
      {
        let answer = try deflated(Array(buffer[..<count]), by: deflater)
        if dripping { try connection.drip(answer) } else { try connection.write(answer) }
      }
    }
  }

  @Test(arguments: [true, false])
  func whatIsWrittenComesBackUnchanged(dripping: Bool) async throws {
    let server = try TLSTestServer(settings) { try Self.echo($0, dripping: dripping) }
    let context = context
    let sizes = dripping ? [1, 500, 3] : [1, 70_000, 3, 1 << 20]
    try await onThread {
      let channel = try server.connect(context)
      try channel.startCompression(level: 6)
      for size in sizes {
        let bytes = pattern(size)
        try channel.write(
          [Array(bytes[..<(size / 2)]), Array(bytes[(size / 2)...])],
          within: .seconds(20))
        #expect(try channel.readExactly(size) == bytes)
      }
      #expect(dripping || channel.bytesSent < sizes.reduce(0, +))
    }
  }

  @Test func bytesReadBeyondTheAnswerAreTheFirstToBeDecompressed() async throws {
    let compressed = try Self.deflated(Array("* OK compressed".utf8))
    let server = try TLSTestServer(settings) { connection in
      try connection.write(Array("a OK\r\n".utf8) + compressed)
      _ = try connection.readSome()
    }
    let context = context
    for split in 0...compressed.count {
      let text = try await onThread {
        let channel = try server.connect(context)
        let head = try channel.readExactly(6 + split)
        try channel.startCompression(level: 6, following: Array(head[6...]))
        #expect(channel.hasInput)
        return try channel.readText(15)
      }
      #expect(text == "* OK compressed", "split at \(split)")
    }
  }

  @Test func aBombGoesOffOnlyInTheCallersBuffer() async throws {
    let size = 32 << 20
    let bomb = try Self.deflated([UInt8](repeating: 0, count: size))
    #expect(bomb.count < size / 500)
    let server = try TLSTestServer(settings) { connection in
      try connection.write(bomb)
      _ = try connection.readSome()
    }
    let context = context
    try await onThread {
      let channel = try server.connect(context)
      try channel.startCompression(level: 6)
      var total = 0
      while total < size {
        let count = try channel.readSome(4096).count
        #expect(count <= 4096)
        total += count
        if total == count { #expect(channel.hasInput) }
      }
      #expect(channel.bytesReceived == bomb.count)
      #expect(!channel.hasInput)
    }
  }

  @Test func damageIsReportedAndNotRead() async throws {
    let server = try TLSTestServer(settings) { connection in
      try connection.write([UInt8](repeating: 0xFF, count: 64))
      _ = try connection.readSome()
    }
    let context = context
    let error = try await failure {
      let channel = try server.connect(context)
      try channel.startCompression(level: 6)
      _ = try channel.readSome()
    }
    guard case .decompression = error else { throw error }
  }

  @Test func blocksWithNothingInThemMeetTheDeadline() async throws {
    let nothing: [UInt8] = [0x00, 0x00, 0x00, 0xFF, 0xFF]
    let server = try TLSTestServer(settings) { connection in
      while true { try connection.write(Array(repeatElement(nothing, count: 3000).joined())) }
    }
    let context = context
    let error = try await failure {
      let channel = try server.connect(context)
      try channel.startCompression(level: 6)
      _ = try channel.readSome(within: .milliseconds(200))
    }
    #expect(error == .timedOut(phase: .read, after: .milliseconds(200)))
  }

  @Test func aStreamThatEndsBeforeTheConnectionIsDamaged() async throws {
    // A final stored block with one byte, and more after it.
    let server = try TLSTestServer(settings) { connection in
      try connection.write([0x01, 0x01, 0x00, 0xFE, 0xFF, 0x41, 0x42])
      _ = try connection.readSome()
    }
    let context = context
    let error = try await failure {
      let channel = try server.connect(context)
      try channel.startCompression(level: 6)
      #expect(try channel.readText(1) == "A")
      _ = try channel.readSome()
    }
    guard case .decompression = error else { throw error }
  }
}
