// mailmove: tests of framer and parser against transcripts.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailWire

@Suite struct TranscriptTests {
  @Test func thereAreTranscripts() { #expect(Transcript.all.count >= 40) }

  @Test(arguments: Transcript.all)
  func aTranscriptIsUnderstoodAsItSays(_ transcript: Transcript) {
    var parser = ResponseParser()
    let (frames, error) = Self.frames([transcript.bytes])
    let lines =
      frames.map { ResponseText.of($0, &parser) } + (error.map { ["! \($0)"] } ?? [])
    #expect(lines == transcript.expected)
  }

  @Test(arguments: Transcript.all)
  func howBytesArriveDoesNotMatter(_ transcript: Transcript) {
    let whole = Self.frames([transcript.bytes])
    for cut in 0...transcript.bytes.count {
      let parts = Self.frames([
        Array(transcript.bytes.prefix(cut)), Array(transcript.bytes.dropFirst(cut)),
      ])
      #expect(parts == whole, "cut at \(cut)")
    }
    #expect(Self.frames(transcript.bytes.map { [$0] }) == whole, "byte by byte")
  }

  /// Feeds chunks one after the other and takes every response as soon as it is complete.
  private static func frames(_ chunks: [[UInt8]]) -> ([Frame], FramingError?) {
    var framer = Framer()
    var frames: [Frame] = []
    do throws(FramingError) {
      for chunk in chunks {
        framer.feed(chunk)
        while let frame = try framer.next() { frames.append(frame) }
      }
    } catch {
      return (frames, error)
    }
    return (frames, nil)
  }
}

private func == (
  lhs: ([Frame], FramingError?), rhs: ([Frame], FramingError?)
) -> Bool { lhs.0 == rhs.0 && lhs.1 == rhs.1 }
