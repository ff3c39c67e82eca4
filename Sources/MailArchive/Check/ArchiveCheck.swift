// mailmove: checking an archive.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import MailWire

/// Compares an archive with itself, and changes nothing; a writer may be at work.
///
/// What a crash leaves behind is no finding, since the next writer cleans it up.
package struct ArchiveCheck: Sendable {
  package enum Level: Sendable {
    /// The journal and its chain, `HEAD`, that all files are there with their sizes, the catalog.
    case quick
    /// Also the SHA-256 of every segment; the messages of those that are wrong are looked at.
    case files
    /// Also the SHA-256 of every message.
    case messages
  }

  private let storage: any Storage
  private let place: Catalog.Place
  private static let page = 5_000

  /// - Parameter catalog: the SQLite file, if it is not in the archive.
  package init(at path: String, catalog: String? = nil) {
    let storage = DiskStorage(root: path)
    self.init(storage, catalog: .file(catalog ?? storage.full(ArchiveLayout.catalog)))
  }

  init(_ storage: any Storage, catalog: Catalog.Place) {
    self.storage = storage
    place = catalog
  }

  /// Checks everything, or a part of the segments; the journal is always checked as a whole.
  ///
  /// Throws only where there is no archive, or none of this version, or reading fails; damage is in
  /// the report.
  ///
  /// - Parameter observer: is told how far it has come, after each segment and now and then.
  package func run(
    _ level: Level, part: CheckPart? = nil, observer: (CheckReport) -> Void = { _ in }
  ) async throws(ArchiveError) -> CheckReport {
    var report = CheckReport()
    let identity = try ArchiveIdentity.read(from: storage)
    var isJournalWhole = true
    do throws(ArchiveError) {
      try JournalCheck(storage, archive: identity.uuid, catalog: place).run(&report)
    } catch {
      try report.take(error)
      isJournalWhole = false
    }
    let reader: ArchiveReader
    do throws(ArchiveError) { reader = try ArchiveReader.open(storage, catalog: place) } catch {
      guard !isJournalWhole else { throw error }
      // Without journal and catalog only the list of checksums says how segments should be.
      if level != .quick { try checkListed(part, &report) }
      return report
    }
    do throws(ArchiveError) {
      let segments = try await reader.segments()
      let wrong = try await checkSegments(segments, level, part, &report, observer)
      try await checkStrangers(segments, &report)
      if level != .quick {
        let suspects = Set(
          segments.filter { level == .messages && part?.includes($0.id) != false }.map(\.id)
        ).union(wrong.keys)
        if !suspects.isEmpty {
          try await checkMessages(in: suspects, wrong, segments, reader, &report, observer)
        }
      }
      try reader.close()
    } catch {
      try? reader.close()
      throw error
    }
    return report
  }

  /// - Returns: the segments that are not as they should be, with the finding where it is about
  ///   their bytes alone and not in the report yet.
  private func checkSegments(
    _ segments: [ArchiveSegment], _ level: Level, _ part: CheckPart?,
    _ report: inout CheckReport, _ observer: (CheckReport) -> Void
  ) async throws(ArchiveError) -> [Int64: ArchiveDamage?] {
    let checksums = try ChecksumList.read(from: storage)
    let present = segments.filter { $0.state != .dropped }
    report.segments += present.count
    var toRead: [ArchiveSegment] = []
    var problems: [Int64: String] = [:]
    for segment in present {
      problems[segment.id] = try Self.problem(of: segment, in: storage, checksums)
      guard level != .quick, part?.includes(segment.id) != false,
        try storage.status(of: segment.path) != nil
      else { continue }
      toRead.append(segment)
    }
    let failures = await OnAllCores.map(toRead) { [storage] segment in
      Self.failure { () throws(ArchiveError) in
        _ = try SegmentCheck.digest(of: segment, in: storage)
      }
    } done: { segment in
      report.segmentsRead += 1
      report.bytesRead += segment.bytes
      observer(report)
    }
    let failure = Dictionary(zip(toRead.map(\.id), failures), uniquingKeysWith: { $1 })
    var wrong: [Int64: ArchiveDamage?] = [:]
    for segment in present {
      if let problem = problems[segment.id] {
        report.findings.append(ArchiveDamage(.segment, path: segment.path, problem))
        wrong[segment.id] = .some(nil)
      }
      guard let failure = failure[segment.id] ?? nil, wrong[segment.id] == nil else { continue }
      guard case .damaged(let damage) = failure else { throw failure }
      wrong[segment.id] = damage
    }
    return wrong
  }

  /// A segment whose bytes are wrong is no finding any more if every message in it is whole and
  /// what was damaged is stored again elsewhere: what is wrong is where no message is.
  private func judge(
    _ wrong: [Int64: ArchiveDamage?], _ segments: [ArchiveSegment], damaged: Set<Int64>,
    _ reader: ArchiveReader, _ report: inout CheckReport
  ) async throws(ArchiveError) {
    for segment in segments {
      guard let damage = wrong[segment.id] ?? nil else { continue }
      var isHealed = false
      if !damaged.contains(segment.id) { isHealed = try await reader.knowsDamage(of: segment) }
      if isHealed { report.healed.append(damage) } else { report.findings.append(damage) }
    }
  }

  private static func failure(
    _ body: () throws(ArchiveError) -> Void
  ) -> ArchiveError? {
    do throws(ArchiveError) {
      try body()
      return nil
    } catch { return error }
  }

  private static func problem(
    of segment: ArchiveSegment, in storage: any Storage, _ checksums: ChecksumList
  ) throws(ArchiveError) -> String? {
    guard let size = try storage.status(of: segment.path)?.size else {
      return "the file is missing, and with it \(segment.messages) messages"
    }
    if size < segment.bytes || size > segment.bytes && segment.state == .sealed {
      return "it has \(size) bytes, and \(segment.bytes) were committed"
    }
    if segment.state == .sealed, let listed = checksums[segment.path],
      listed != segment.digest
    {
      return "\(ArchiveLayout.checksums) has another SHA-256 than the journal"
    }
    return nil
  }

  /// Files that no commit names; new ones with new numbers are what a crash leaves, or a writer
  /// that is at work.
  private func checkStrangers(
    _ segments: [ArchiveSegment], _ report: inout CheckReport
  ) async throws(ArchiveError) {
    let highest = segments.map(\.id).max() ?? 0
    let checksums = try ChecksumList.read(from: storage)
    var known = Set(segments.map(\.path))
    let strangers = try SegmentRecovery.files(in: storage).filter { path in
      guard !known.contains(path) else { return false }
      let name = path.split(separator: "/").last ?? ""
      let number = ArchiveLayout.number(of: name, suffix: ArchiveLayout.segmentSuffix) ?? 0
      return number <= highest || checksums[path] != nil
    }
    guard !strangers.isEmpty else { return }
    // A writer may have made and sealed one since the journal was read.
    let reader = try ArchiveReader.open(storage, catalog: place)
    do throws(ArchiveError) { known = Set(try await reader.segments().map(\.path)) } catch {
      try? reader.close()
      throw error
    }
    try reader.close()
    for path in strangers where !known.contains(path) {
      report.findings.append(
        ArchiveDamage(.segment, path: path, "the journal does not know this segment"))
    }
  }

  private func checkMessages(
    in segments: Set<Int64>, _ wrong: [Int64: ArchiveDamage?], _ all: [ArchiveSegment],
    _ reader: ArchiveReader, _ report: inout CheckReport, _ observer: (CheckReport) -> Void
  ) async throws(ArchiveError) {
    var damaged: Set<Int64> = []
    var failures: [(StoredMessage, ArchiveError)] = []
    var id: Int64 = 0
    while let messages = try await nextPage(of: reader, after: id) {
      id = messages.last?.id ?? id
      let toRead = messages.filter {
        segments.contains($0.place.segment) && $0.state != .pruned
      }
      let found = await OnAllCores.map(Self.shares(of: toRead)) { share in
        share.compactMap { message in
          Self.failure { () throws(ArchiveError) in _ = try reader.bytes(of: message) }
            .map { (message, $0) }
        }
      } done: { share in
        report.messagesRead += Int64(share.count)
        observer(report)
      }
      failures += found.joined().sorted { $0.0.id < $1.0.id }
    }
    for (message, _) in failures { damaged.insert(message.place.segment) }
    try await judge(wrong, all, damaged: damaged, reader, &report)
    for (message, error) in failures {
      try report.take(error)
      if message.state == .live {
        report.damagedMessages.append(message.id)
      } else {
        report.damagedOnRecord.append(message.id)
      }
    }
  }

  private func nextPage(
    of reader: ArchiveReader, after id: Int64
  ) async throws(ArchiveError) -> [StoredMessage]? {
    let messages = try await reader.messages(after: id, limit: Self.page)
    return messages.isEmpty ? nil : messages
  }

  /// Messages that one core reads before the next share: enough to be worth it, few enough that
  /// all cores have something to do.
  private static let shareMessages = 128

  /// Messages in the order they lie on the disk, by shares; a member is in one share as a whole, so
  /// that it is inflated once.
  private static func shares(of messages: [StoredMessage]) -> [[StoredMessage]] {
    let sorted = messages.sorted {
      ($0.place.segment, $0.place.offset, $0.place.at)
        < ($1.place.segment, $1.place.offset, $1.place.at)
    }
    var shares: [[StoredMessage]] = []
    var share: [StoredMessage] = []
    for message in sorted {
      if let last = share.last?.place, share.count >= shareMessages,
        (last.segment, last.offset) != (message.place.segment, message.place.offset)
      {
        shares.append(share)
        share = []
      }
      share.append(message)
    }
    if !share.isEmpty { shares.append(share) }
    return shares
  }

  private func checkListed(
    _ part: CheckPart?, _ report: inout CheckReport
  ) throws(ArchiveError) {
    let checksums = try ChecksumList.read(from: storage)
    for path in try SegmentRecovery.files(in: storage) {
      let name = path.split(separator: "/").last ?? ""
      guard let digest = checksums[path],
        let number = ArchiveLayout.number(of: name, suffix: ArchiveLayout.segmentSuffix),
        part?.includes(number) != false, let size = try storage.status(of: path)?.size
      else { continue }
      let segment = ArchiveSegment(
        id: number, path: path, bytes: size, digest: digest, messages: 0, state: .sealed,
        touched: nil)
      report.segments += 1
      report.segmentsRead += 1
      report.bytesRead += size
      do throws(ArchiveError) { _ = try SegmentCheck.digest(of: segment, in: storage) } catch {
        try report.take(error)
      }
    }
  }
}

extension CheckReport {
  /// Damage becomes a finding; everything else is thrown.
  mutating func take(_ error: ArchiveError) throws(ArchiveError) {
    guard case .damaged(let damage) = error else { throw error }
    findings.append(damage)
  }
}
