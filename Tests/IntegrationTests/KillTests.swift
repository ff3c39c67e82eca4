// mailmove: killing the real binary.
// SPDX-License-Identifier: Apache-2.0

import MailTestKit
import Testing

@Suite("The real binary, killed at random moments", .serialized)
struct KillTests {
  static let servers: [(name: String, capabilities: String?)] = [
    ("everything", nil), ("no UIDPLUS, no MULTIAPPEND", "IMAP4rev1 AUTH=PLAIN LITERAL+"),
    ("no extension", MigrationTests.plain),
  ]

  @Test(arguments: servers.indices)
  func losesNothingAndDoublesNothing(_ index: Int) throws {
    let seed = SeededGenerator.printingSeed("a kill test, \(Self.servers[index].name)").seed
    var random = SeededGenerator(seed: seed &+ UInt64(index))
    var options = DovecotOptions()
    options.capabilities = Self.servers[index].capabilities
    let bench = try Bench(new: options)
    try LabClient(bench.old).fill(with: SampleMailbox(count: 400, seed: 17))

    var kills = 0
    for _ in 0..<12 {
      let pause = Double.random(in: 0.05...0.9, using: &random)
      if try bench.runAndKill(after: pause) { kills += 1 } else { break }
    }
    #expect(kills > 0, "no run lasted long enough to be killed")
    let last = try bench.run("sync")
    #expect(last.exit == 0, "\(last.output)\(last.errors)")
    #expect(try bench.difference() == [], "after \(kills) kills, seed \(seed)")
    let verified = try bench.run("verify", ["--level", "bytes"])
    #expect(verified.exit == 0, "\(verified.output)")
  }
}
