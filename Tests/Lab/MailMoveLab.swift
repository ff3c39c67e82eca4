// mailmove: the laboratory on the command line, for scripts.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTestKit

/// `mailmove-lab`: two throw-away Dovecot servers for `scripts/quickstart` and `scripts/bench`.
@main
struct MailMoveLab {
  static let usage = """
    usage: mailmove-lab start   --dir D [--messages N] [--seed S] [--sample PATH]
                                [--kind small|mixed|large --mailboxes N] [--layout same]
                                [--accounts N] [--fsync yes] [--lacking CAPABILITY,…]
           mailmove-lab count   --dir D
           mailmove-lab kill-at --dir D --pid P --messages N
           mailmove-lab compare --dir D
           mailmove-lab stop    --dir D

    start    starts an old and a new server below D, fills the old one, prints shell assignments;
             --layout same: both spell mailboxes alike and have easy passwords; --accounts: empty
             accounts run-1, run-2 … at the new server; --lacking: what it shall not be able to do
    count    prints how many messages the new server has
    kill-at  kills process P with SIGKILL once the new server has N messages; exit 3: P ended before
    compare  compares both servers by bytes, flags and dates with a client that is not mailmove's;
             exit 6: they differ
    stop     ends both servers and removes their folders

    """

  private static let differencesPrintedMax = 20

  static func main() {
    do {
      exit(try run(LabArguments(CommandLine.arguments.dropFirst())))
    } catch {
      FileHandle.standardError.write(Data("mailmove-lab: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ arguments: LabArguments) throws -> Int32 {
    switch arguments.command {
    case "start": try start(arguments)
    case "count": try count(arguments)
    case "kill-at": try killAt(arguments)
    case "compare": try compare(arguments)
    case "stop": try LabPair.stop(folder: arguments.text("dir"))
    default: throw LabError("no such command: \(arguments.command)\n\(usage)")
    }
    return 0
  }

  private static func start(_ arguments: LabArguments) throws {
    let sample =
      if let path = arguments.values["sample"] {
        try SampleImport.read(path)
      } else {
        try made(arguments)
      }
    let pair = try LabPair.start(
      folder: arguments.text("dir"), sample: sample, setup: LabSetup(arguments))
    print(pair.assignments, terminator: "")
  }

  private static func made(_ arguments: LabArguments) throws -> SampleMailbox {
    let count = try arguments.number("messages", default: 520)
    let seed = UInt64(try arguments.number("seed", default: 1))
    let mailboxes = try arguments.number("mailboxes", default: 1)
    return switch arguments.values["kind"] {
    case nil: SampleMailbox(count: count, seed: seed)
    case "small": SampleMailbox.small(count: count, mailboxes: mailboxes, seed: seed)
    case "mixed": SampleMailbox.mixed(count: count, mailboxes: mailboxes, seed: seed)
    case "large": SampleMailbox.large(count: count, mailboxes: mailboxes, seed: seed)
    case .some(let other): throw LabError("no such kind: \(other)")
    }
  }

  private static func count(_ arguments: LabArguments) throws {
    let pair = try LabPair(folder: arguments.text("dir"))
    print(try pair.countNew(pair.connect(.new)))
  }

  private static func killAt(_ arguments: LabArguments) throws {
    let pair = try LabPair(folder: arguments.text("dir"))
    let wanted = try arguments.number("messages")
    guard let process = RunningProcess(id: pid_t(try arguments.number("pid"))) else {
      throw LabError("no process id")
    }
    let client = try pair.connect(.new)
    while process.isAlive {
      let count = try pair.countNew(client)
      guard count >= wanted else { continue }
      process.kill()
      print(count)
      return
    }
    exit(3)
  }

  private static func compare(_ arguments: LabArguments) throws {
    let pair = try LabPair(folder: arguments.text("dir"))
    let old = try LabSnapshot(of: pair.connect(.old))
    let new = try LabSnapshot(of: pair.connect(.new))
    let renamed = new.renamings(from: old)
    for (from, to) in renamed.sorted(by: { $0.key < $1.key }) { print("\(from) is now \(to)") }
    let differences = new.difference(from: old, renamed: renamed)
    for difference in differences.prefix(differencesPrintedMax) { print(difference) }
    if differences.count > differencesPrintedMax { print("…") }
    print(
      "old: \(old.messageCount) messages, new: \(new.messageCount) messages, "
        + "\(differences.count) differences")
    if !differences.isEmpty { exit(6) }
  }
}
