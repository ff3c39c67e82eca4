// mailmove: a connection that may carry credentials and mail.
// SPDX-License-Identifier: Apache-2.0

/// A stream inside verified TLS: the only thing a credential or a message can be written to.
///
/// It belongs to its connection's thread; every call may block there up to its deadline, and ends
/// with `.interrupted` when the connection's `Interrupt` is used. The connection is closed with the
/// last reference.
package final class SecureChannel {
  private struct Compression {
    let deflater: Deflater
    let inflater: Inflater
  }

  /// Version, cipher and certificate of this connection.
  package let info: TLSInfo

  private let session: TLSSession
  private var compression: Compression?
  /// Decompressed bytes that `hasInput` came across.
  private var decompressed = Inbox()
  /// Short pieces wait here until they fill a TLS record or the write call ends.
  private var gathered: [UInt8] = []

  /// The plain text of the largest TLS record.
  private static let recordBytesMax = 16 << 10

  /// Connects to a port that begins with TLS (RFC 8314: imaps 993, pop3s 995).
  package static func connect(
    host: String, port: UInt16, context: TLSContext, deadlines: Deadlines, interrupt: Interrupt
  ) throws(TransportError) -> SecureChannel {
    let socket = try Dialer.connect(
      host: host, port: port, within: deadlines.connect, interrupt: interrupt)
    return try SecureChannel(
      socket: socket, context: context, followsClearText: false, within: deadlines.handshake)
  }

  init(
    socket: Socket, context: TLSContext, followsClearText: Bool, within limit: Duration
  ) throws(TransportError) {
    session = try TLSSession(socket: socket, context: context)
    info = try session.handshake(
      policy: context.policy, followsClearText: followsClearText, within: limit)
    gathered.reserveCapacity(Self.recordBytesMax)
  }

  /// Bytes received inside TLS; before decompression.
  package var bytesReceived: Int { session.bytesReceived }

  /// Bytes sent inside TLS; after compression.
  package var bytesSent: Int { session.bytesSent }

  // MARK: Reading

  /// Reads as much as is there and fits, or waits for the first byte.
  ///
  /// - Parameter buffer: not empty; 64 to 128 KiB give the best rate.
  /// - Returns: the number of bytes; 0 when the server has ended the stream (close_notify).
  /// - Throws: `.closedByPeer` when the stream was cut instead, once all before it has been read;
  ///   `.timedOut` after which reading may go on; `.reset`, `.network`, `.protocolFailure`,
  ///   `.decompression`, `.interrupted`.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, within limit: Duration
  ) throws(TransportError) -> Int {
    precondition(!buffer.isEmpty, "reading into nothing")
    let deadline = ContinuousClock.now + limit
    guard let compression else {
      return try session.read(into: buffer, until: deadline, limit: limit)
    }
    if !decompressed.isEmpty { return decompressed.take(into: buffer) }
    while true {
      let count = try compression.inflater.inflate(into: buffer)
      if count > 0 { return count }
      // Deflate blocks may be empty, and a server may send them forever.
      if ContinuousClock.now >= deadline { throw .timedOut(phase: .read, after: limit) }
      let received = try compression.inflater.refill { input throws(TransportError) in
        try session.read(into: input, until: deadline, limit: limit)
      }
      if received == 0 { return 0 }
    }
  }

  /// Whether `read` would return at once, with bytes, the end or an error.
  package var hasInput: Bool {
    guard let compression else { return session.hasInput }
    if !decompressed.isEmpty { return true }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { scratch in
      do throws(TransportError) {
        var count = try compression.inflater.inflate(into: scratch)
        while count == 0 {
          guard session.hasInput else { return false }
          let received = try compression.inflater.refill { input throws(TransportError) in
            try session.read(into: input, until: .now, limit: .zero)
          }
          if received == 0 { return true }
          count = try compression.inflater.inflate(into: scratch)
        }
        decompressed.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        return true
      } catch {
        return true
      }
    }
  }

  // MARK: Writing

  /// Writes some bytes; all of them are on their way when it returns.
  ///
  /// - Parameters:
  ///   - progress: how long no byte may move, in either direction; `.timedOut` then.
  ///   - whole: how long it may take in all, for servers that move one byte now and then; nil: as
  ///     long as bytes move.
  /// - Throws: as `read`; after any of them nothing more can be written.
  package func write(
    _ bytes: [UInt8], within progress: Duration, whole: Duration? = nil
  ) throws(TransportError) {
    try write([bytes], within: progress, whole: whole)
  }

  /// Writes several pieces as one: a command, its literal and the line end leave in one TLS record
  /// if they fit, and nothing large is copied.
  package func write(
    _ pieces: [[UInt8]], within progress: Duration, whole: Duration? = nil
  ) throws(TransportError) {
    let patience = WritePatience(progress: progress, whole: whole)
    for piece in pieces {
      try piece.withUnsafeBufferPointer { buffer throws(TransportError) in
        try gather(UnsafeRawBufferPointer(buffer), patience)
      }
    }
    try flush(patience)
  }

  /// Writes a buffer, as `write(_:within:)` does an array.
  package func write(
    _ buffer: UnsafeRawBufferPointer, within progress: Duration
  ) throws(TransportError) {
    let patience = WritePatience(progress: progress, whole: nil)
    try gather(buffer, patience)
    try flush(patience)
  }

  private func gather(
    _ buffer: UnsafeRawBufferPointer, _ patience: WritePatience
  ) throws(TransportError) {
    if let compression {
      try compression.deflater.compress(buffer, flush: false) { output throws(TransportError) in
        try session.write(output, patience)
      }
      return
    }
    var rest = buffer
    while !rest.isEmpty {
      if gathered.isEmpty && rest.count >= Self.recordBytesMax {
        return try session.write(rest, patience)
      }
      let part = rest.prefix(Self.recordBytesMax - gathered.count)
      gathered.append(contentsOf: part)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
      if gathered.count == Self.recordBytesMax { try sendGathered(patience) }
    }
  }

  private func flush(_ patience: WritePatience) throws(TransportError) {
    if let compression {
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      try compression.deflater.compress(nothing, flush: true) { output throws(TransportError) in
        try session.write(output, patience)
      }
    } else {
      try sendGathered(patience)
    }
  }

  private func sendGathered(_ patience: WritePatience) throws(TransportError) {
    defer { gathered.removeAll(keepingCapacity: true) }
    try gathered.withUnsafeBufferPointer { bytes throws(TransportError) in
      try session.write(UnsafeRawBufferPointer(bytes), patience)
    }
  }

  // MARK: Compression and ending

  /// Compresses both directions from here on (RFC 4978), once the server has agreed to it.
  ///
  /// - Parameters:
  ///   - level: 1 (fast) to 9 (small).
  ///   - following: what was read beyond the line end of the server's OK; it is compressed already.
  package func startCompression(
    level: Int, following: [UInt8] = []
  ) throws(TransportError) {
    precondition(compression == nil, "compression started twice")
    session.unread(following)
    compression = Compression(deflater: try Deflater(level: level), inflater: try Inflater())
  }

  /// Says goodbye (close_notify) without waiting for anybody; later calls throw `.interrupted`.
  package func close() { session.close() }
}
