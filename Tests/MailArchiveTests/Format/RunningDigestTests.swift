// mailmove: what a running digest promises.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailWire
import Testing

@Suite("A running digest")
struct RunningDigestTests {
  @Test("can be asked in the middle and goes on")
  func goesOn() {
    let digest = RunningDigest()
    #expect(digest.value == SHA256Digest(of: []))
    digest.update(Array("ab".utf8))
    #expect(digest.value == SHA256Digest(of: Array("ab".utf8)))
    digest.update(Array("c".utf8))
    #expect(digest.value == SHA256Digest(of: Array("abc".utf8)))
  }

  @Test("can be copied, and the copy is its own")
  func copies() {
    let digest = RunningDigest()
    digest.update(Array("ab".utf8))
    let copy = RunningDigest(copying: digest)
    copy.update(Array("x".utf8))
    digest.update(Array("c".utf8))
    #expect(copy.value == SHA256Digest(of: Array("abx".utf8)))
    #expect(digest.value == SHA256Digest(of: Array("abc".utf8)))
  }
}
