// mailmove: fuzzing the journal of an archive and the catalog made from it.
// SPDX-License-Identifier: Apache-2.0

@testable import MailArchive
@testable import MailWire

/// Whatever is in the journal, an archive opens or says what is wrong with it.
enum ArchiveIndexTarget {
  private static let uuid = "6f1d2f0e-8a55-4c0e-9d3e-0f1a2b3c4d5e"
  private static let identity = ArchiveIdentity(
    uuid: uuid, created: 0, options: ArchiveOptions()
  ).text

  static func run(_ input: FuzzInput) {
    var input = input
    switch input.choice(5) {
    case 0: checkScan(of: input.bytes)
    case 1: checkFiles(input.bytes)
    case 2: check(journal: journal(of: input.lines))
    case 3: checkScan(of: journal(of: input.lines))
    default: checkEvents(input.lines)
    }
  }

  /// A journal whose chain is right: each line an event, a blank line ends a commit.
  private static func journal(of lines: [[UInt8]]) -> [UInt8] {
    var file: [UInt8] = []
    var number: Int64 = 1
    let opening = JournalEvent.open(
      JournalOpening(
        format: 1, archive: uuid, journal: 1, previous: nil, time: 0, tool: "fuzz"))
    for events in lines.split(separator: []) {
      checkEvents(events)
      let frame = JournalCommit(
        number: number, time: number, offset: Int64(file.count),
        previous: SHA256Digest(of: file), ends: [:], events: number == 1 ? [opening] : [])
      var text = frame.text
      let count = events.count + frame.events.count
      let commit = text.dropLast().lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let last = String(decoding: text[commit...], as: UTF8.self)
        .replacing("\"events\":\(frame.events.count)", with: "\"events\":\(count)")
      text = text[..<commit] + events.flatMap { $0 + [0x0A] } + Array(last.utf8)
      file += GzipMember.build(.journal, text, level: 1)
      number += 1
    }
    return file
  }

  /// An event that is understood means the same when it is written again.
  private static func checkEvents(_ lines: some Sequence<[UInt8]>) {
    for line in lines {
      guard let json = try? JSONParser.object(line[...]) else { continue }
      Finding.unless(
        (try? JSONParser.object(json.text[...])) == json, "a text of JSON does not come back")
      guard let event = try? JournalEvent(json) else { continue }
      if isNew(event) { continue }
      Finding.unless((try? JournalEvent(event.json)) == event, "an event does not come back")
    }
  }

  // MARK: Opening

  /// Reads a journal, which is a lot faster than opening an archive with it.
  private static func checkScan(of journal: [UInt8]) {
    let storage = FuzzStorage(files: [ArchiveLayout.journalPath(1): journal])
    var number: Int64 = 0
    do throws(ArchiveError) {
      var scan = try JournalScan(storage, archive: uuid)
      try scan.read(from: .beginning) { commit, _ throws(ArchiveError) in
        number += 1
        Finding.unless(commit.number == number, "a commit is left out")
        Finding.unless(
          (try? JournalCommit(text: commit.text)) == commit || commit.events.contains(where: isNew),
          "a commit does not come back")
      }
      Finding.unless(scan.position.commit == number, "the end is not the last commit")
    } catch {
      Finding.unlessVisible(error.description, "an error")
      Finding.unless(error.isOfContent, "a journal made this of it: \(error)")
    }
  }

  private static func isNew(_ event: JournalEvent) -> Bool {
    if case .unknown = event { true } else { false }
  }

  private static func check(journal: [UInt8]) {
    let storage = FuzzStorage(files: [
      ArchiveLayout.identity: identity, ArchiveLayout.journalPath(1): journal,
    ])
    do throws(ArchiveError) {
      let reader = try ArchiveReader.open(storage, catalog: .memory)
      Finding.unless(Waiting.until { await look(at: reader) } == true, "a query failed")
      try reader.close()
    } catch {
      Finding.unlessVisible(error.description, "an error")
      Finding.unless(error.isOfContent, "a journal made this of it: \(error)")
    }
  }

  /// Asks everything there is to ask.
  private static func look(at reader: ArchiveReader) async -> Bool {
    do throws(ArchiveError) {
      for account in try await reader.accounts() {
        _ = try await reader.folders(of: account.id)
      }
      for folder in try await reader.folders() {
        let extent = try await reader.extent(of: folder, includingGone: true)
        var last: UInt32 = 0
        var count: Int64 = 0
        while true {
          let page = try await reader.placements(
            in: folder, after: last, limit: 3, includingGone: true)
          guard let end = page.last else { break }
          Finding.unless(end.key.uid > last, "a page does not go on")
          last = end.key.uid
          count += Int64(page.count)
          for placement in page { check(placement, reader) }
        }
        Finding.unless(count == extent.messages, "a folder does not hold what it says")
      }
      for message in try await reader.messages() {
        _ = try await reader.placements(ofMessage: message.id)
        _ = try await reader.storedMessage(with: message.digest)
      }
      _ = try await reader.segments()
      _ = try await reader.position()
      return true
    } catch {
      return error.isOfContent
    }
  }

  private static func check(_ placement: ArchivePlacement, _ reader: ArchiveReader) {
    if let date = placement.internalDate {
      _ = date.description
      _ = DateText.rfc3339(date)
    }
    _ = placement.flags.journalText
    Finding.unless(
      (try? reader.bytes(of: placement.message)) == nil, "there is mail where no segment is")
  }

  private static func checkFiles(_ bytes: [UInt8]) {
    let storage = FuzzStorage(files: [
      ArchiveLayout.head: bytes, ArchiveLayout.identity: bytes, ArchiveLayout.checksums: bytes,
    ])
    if let head = try? ArchiveHead.read(from: storage) {
      let again = FuzzStorage(files: [ArchiveLayout.head: head.text])
      Finding.unless((try? ArchiveHead.read(from: again)) == head, "HEAD does not come back")
    }
    if let identity = try? ArchiveIdentity.read(from: storage) {
      let again = FuzzStorage(files: [ArchiveLayout.identity: identity.text])
      Finding.unless(
        (try? ArchiveIdentity.read(from: again))?.uuid == identity.uuid,
        "an identity does not come back")
    }
    _ = try? ChecksumList.read(from: storage)
  }
}

extension ArchiveError {
  /// The journal says something that cannot be, and this says so.
  fileprivate var isOfContent: Bool {
    switch self {
    case .damaged, .newer: true
    case .notFound, .notExported, .notAnArchive, .displaced, .locked, .readOnly, .diskFull, .io,
      .catalog, .catalogDamaged, .noSuchMessage, .noSuchFolder, .folderFull, .unfaithful, .occupied,
      .closed:
      false
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ArchiveIndexTarget.run(FuzzInput(start, count))
  return 0
}
