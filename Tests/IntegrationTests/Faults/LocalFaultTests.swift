// mailmove: the real binary on a machine that fails it.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailArchive
import MailTestKit
import SQLiteJournal
import Testing

/// Disks, rights and limits: a clear error, nothing broken, and the next run completes.
@Suite("The real binary on a machine that fails it", .serialized)
struct LocalFaultTests {
  let old: DovecotLab
  let new: DovecotLab
  let run: BinaryRun
  private let authority: String
  private static let messages = 300

  init() throws {
    let shared = try CertificateAuthority(name: "laboratory")
    var options = DovecotOptions()
    options.authority = shared
    old = try DovecotLab(options)
    new = try DovecotLab(options)
    run = try BinaryRun()
    authority = try shared.write(into: run.folder.path)
    chmod(run.folder.path, 0o755)
  }

  /// The words of a move to a server.
  private func toServer(_ command: String = "sync") -> [String] {
    [command, url(old), url(new)] + options
  }

  /// The words of a move into an archive.
  private func toArchive(_ command: String = "sync") -> [String] {
    [command, url(old), "archive:" + run.folder.file("archive")] + options
  }

  private var options: [String] {
    ["--state", run.folder.file("state")]
      + ["source", "target"].flatMap { ["--\($0)-tls-ca", authority] }
  }

  private var environment: [String: String] {
    [
      "MAILMOVE_SOURCE_PASSWORD": old.options.users[0].password,
      "MAILMOVE_TARGET_PASSWORD": new.options.users[0].password,
      "FOLDER": run.folder.path,
    ]
  }

  private func url(_ lab: DovecotLab) -> String {
    "imaps://\(lab.options.users[0].name)@localhost:\(lab.ports.imaps)"
  }

  private func fill(_ count: Int = messages) throws {
    try LabClient(old).fill(with: SampleMailbox(count: count, seed: 23))
  }

  private func difference() throws -> [String] {
    let original = try LabSnapshot(of: LabClient(old))
    let copy = try LabSnapshot(of: LabClient(new))
    return copy.difference(from: original, renamed: copy.renamings(from: original))
  }

  /// Copies everything that is missing, and finds nothing wrong with any byte.
  private func completes(_ words: (String) -> [String]) async throws {
    let ended = try await run.run(words("sync"), environment)
    #expect(ended.exit == 0, "\(ended)")
    let verified = try await run.run(words("verify") + ["--level", "bytes"], environment)
    #expect(verified.exit == 0, "\(verified)")
  }

  // MARK: Room

  /// Runs it in a mount namespace whose file system at `place` has so much room, then once more
  /// with enough, then takes what is there out of the namespace.
  private func onSmallDisk(
    _ size: String, at place: String, _ words: [String]
  ) async throws -> [BinaryRun.Ended] {
    let script = """
      cd "$FOLDER" && mkdir -p \(place) small && exec unshare -m /bin/sh -c '
        mount -t tmpfs -o size=\(size) tmpfs \(place) || exit 77
        "$@" > first.out 2> first.err; first=$?
        mount -o remount,size=512m \(place)
        "$@" --full > second.out 2> second.err; second=$?
        cp -a \(place)/. small/
        echo $first $second
      ' sh "$@"
      """
    let ended = try await run.run(words, environment, shell: script)
    let codes = ended.output.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    try #require(codes.count == 2, "\(ended)")
    try FileManager.default.removeItem(atPath: run.folder.file(place))
    try FileManager.default.moveItem(
      atPath: run.folder.file("small"), toPath: run.folder.file(place))
    return try zip(codes, ["first", "second"]).map { code, name in
      BinaryRun.Ended(
        exit: code,
        output: try String(contentsOfFile: run.folder.file(name + ".out"), encoding: .utf8),
        errors: try String(contentsOfFile: run.folder.file(name + ".err"), encoding: .utf8))
    }
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    .enabled(if: Privilege.canMount, Privilege.cannotMount),
    arguments: ["16k", "96k", "256k"])
  func aFullDiskUnderTheLedgerStopsTheRun(size: String) async throws {
    try fill()
    let ended = try await onSmallDisk(size, at: "state", toServer())
    #expect(ended[0].exit == 7, "\(ended[0])")
    #expect(ended[0].errors.contains("the disk is full"), "\(ended[0].errors)")
    #expect(ended[0].errors.contains("make room, then run the same command again"))
    #expect(ended[1].exit == 0, "\(ended[1])")
    #expect(try difference() == [])
    try await completes(toServer)
    #expect(try difference() == [])
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    .enabled(if: Privilege.canMount, Privilege.cannotMount),
    arguments: ["16k", "128k", "512k"])
  func aFullDiskUnderTheArchiveStopsTheRun(size: String) async throws {
    try fill()
    let ended = try await onSmallDisk(size, at: "archive", toArchive())
    #expect(ended[0].exit == 7, "\(ended[0])")
    #expect(ended[0].errors.contains("the disk is full"), "\(ended[0].errors)")
    #expect(ended[1].exit == 0, "\(ended[1])")
    #expect(try await ArchiveCheck(at: run.folder.file("archive")).run(.messages).findings == [])
    try await completes(toArchive)
  }

  private static let sanitizerNeedsFiles: Comment =
    "the Thread Sanitizer maps a large file of its own before a program begins"

  /// A file that may not grow is written in part, and then not at all: a short write and an error
  /// of the disk.
  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    .disabled(if: Instrumentation.sanitizer == "thread", Self.sanitizerNeedsFiles),
    arguments: [64, 192])
  func aLedgerThatCannotBeWrittenToItsEndStopsTheRun(kilobytes: Int) async throws {
    try fill()
    let limited = "ulimit -f \(kilobytes * 2); exec \"$@\""
    let ended = try await run.run(toServer(), environment, shell: limited)
    #expect(ended.exit == 7, "\(ended)")
    #expect(ended.errors.contains("the ledger cannot be read or written"), "\(ended.errors)")
    try await completes(toServer)
    #expect(try difference() == [])
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    .disabled(if: Instrumentation.sanitizer == "thread", Self.sanitizerNeedsFiles))
  func anArchiveThatCannotBeWrittenToItsEndStopsTheRun() async throws {
    try fill()
    let limited = "ulimit -f 256; exec \"$@\""
    let ended = try await run.run(toArchive(), environment, shell: limited)
    #expect(ended.exit == 7, "\(ended)")
    #expect(ended.errors.contains("cannot be read or written"), "\(ended.errors)")
    try await completes(toArchive)
    #expect(try await ArchiveCheck(at: run.folder.file("archive")).run(.messages).findings == [])
  }

  // MARK: Rights

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func aStateFolderOfSomebodyElseIsNotWrittenTo() async throws {
    try fill(20)
    let state = run.folder.file("state")
    try FileManager.default.createDirectory(
      atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
    let ended = try await run.run(toServer(), environment, shell: Privilege.dropped)
    #expect(ended.exit == 7, "\(ended)")
    #expect(ended.errors.contains("the state folder cannot be written: \(state)"))
    #expect(ended.errors.contains("give another folder with --state"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: state).isEmpty)
    try await completes(toServer)
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func aLedgerThatMayOnlyBeReadIsNotRunOn() async throws {
    try fill(20)
    try await completes(toServer)
    let state = run.folder.file("state")
    let names = try FileManager.default.contentsOfDirectory(atPath: state)
    for name in names { chmod(state + "/" + name, 0o444) }
    chmod(state, 0o755)
    let before = try ledger()
    let ended = try await run.run(toServer(), environment, shell: Privilege.dropped)
    #expect(ended.exit == 7, "\(ended)")
    #expect(ended.errors.contains("the state folder cannot be written"), "\(ended.errors)")
    #expect(try ledger() == before)
    for name in names { chmod(state + "/" + name, 0o600) }
    try await completes(toServer)
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    .enabled(if: Privilege.canMount, Privilege.cannotMount))
  func whatIsMountedReadOnlyIsNamed() async throws {
    try fill(20)
    try await completes(toServer)
    try await completes(toArchive)
    for (place, words) in [("state", toServer()), ("archive", toArchive())] {
      let ended = try await run.run(
        words, environment,
        shell: """
          exec unshare -m /bin/sh -c '
            cd "$FOLDER" && mount --bind \(place) \(place) && mount -o remount,bind,ro \(place) \\
              || exit 77
            exec "$@"' sh "$@"
          """)
      #expect(ended.exit == 7, "\(place): \(ended)")
      #expect(ended.errors.contains(run.folder.file(place)) || ended.errors.contains("read-only"))
    }
    try await completes(toServer)
    try await completes(toArchive)
  }

  // MARK: Limits

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func sixtyFourDescriptorsAreEnoughForFiftyMailboxesOnFourLanes() async throws {
    let client = try LabClient(old)
    for letter in SampleMailbox.messages(count: 50, seed: 3).enumerated() {
      let name = "Box \(letter.offset)"
      try client.create(name)
      try client.append(
        [
          SampleMessage(
            bytes: letter.element.bytes, flags: [], internalDate: letter.element.internalDate,
            mailbox: name)
        ], to: name)
    }
    let ended = try await run.run(
      toServer() + ["--lanes", "4"], environment, shell: "ulimit -n 64; exec \"$@\"")
    #expect(ended.exit == 0, "\(ended)")
    #expect(try difference() == [])
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)), arguments: [8, 10, 15, 16, 20, 24, 28])
  func tooFewDescriptorsAreAClearError(limit: Int) async throws {
    try fill(20)
    let ended = try await run.run(
      toServer() + ["--lanes", "4"], environment, shell: "ulimit -n \(limit); exec \"$@\"")
    #expect([0, 7].contains(ended.exit), "\(ended)")
    if ended.exit == 7 {
      #expect(ended.errors.contains("this machine does not give mailmove what it needs"))
      let sentence = limit < 16 ? "only \(limit) files at once" : "Too many open files"
      #expect(ended.errors.contains(sentence), "\(ended.errors)")
      #expect(ended.errors.contains("ulimit"), "\(ended.errors)")
    }
    try await completes(toServer)
    #expect(try difference() == [])
  }

  // MARK: The ledger

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func aDamagedLedgerIsKeptAndTheNextRunWithoutItDoublesNothing() async throws {
    try fill()
    try await completes(toServer)
    let path = try ledgerPath()
    var bytes = try ledger()
    // Every page but the first, which says what is where.
    let page = 4_096
    #expect(bytes.count > 2 * page)
    for start in stride(from: page, to: bytes.count, by: page) {
      bytes.replaceSubrange(start..<start + 64, with: Data(repeating: 0xA5, count: 64))
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    let ended = try await run.run(toServer() + ["--full"], environment)
    #expect(ended.exit == 7, "\(ended)")
    #expect(ended.errors.contains("the file was left untouched"), "\(ended.errors)")
    try FileManager.default.moveItem(atPath: path, toPath: path + ".aside")
    let anew = try await run.run(toServer(), environment)
    #expect(anew.exit == 0, "\(anew)")
    #expect(anew.output.contains("0 messages copied"), "\(anew.output)")
    #expect(try difference() == [])
  }

  private func ledgerPath() throws -> String {
    let state = run.folder.file("state")
    let names = try FileManager.default.contentsOfDirectory(atPath: state)
    return state + "/" + (try #require(names.first { $0.hasSuffix(".sqlite") }))
  }

  private func ledger() throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: ledgerPath()))
  }
}
