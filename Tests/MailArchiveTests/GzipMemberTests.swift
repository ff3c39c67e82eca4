// mailmove: what a gzip member of the archive promises.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import Testing

struct GzipMemberTests {
  @Test func theKindsAreTheBytesOfTheFormat() {
    #expect(GzipMember.Kind(rawValue: 1) == .mail)
    #expect(GzipMember.Kind(rawValue: 2) == .journal)
  }
}
