// mailmove: a doubtful listing, held against what SEARCH finds.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// Everything in an open mailbox; where that is doubtful, SEARCH is asked too.
  ///
  /// - Parameters:
  ///   - items: what to ask for beside the usual.
  ///   - take: is given everything that is told about a message.
  func fullListing(
    of mailbox: OpenMailbox, items: [FetchItem] = [],
    take: (FetchData, UID) -> Void = { _, _ in }
  ) throws -> MailboxSnapshot {
    let items = Self.listing + items
    return try checked(
      entries(Self.everything, items, take: take), of: mailbox, items, take: take)
  }

  /// A listing of everything in an open mailbox, held against SEARCH where it is doubtful.
  ///
  /// SEARCH only proposes: what it finds beyond the listing is asked for once more, and is in the
  /// snapshot if FETCH gives it. What FETCH gives and SEARCH does not find stays.
  func checked(
    _ listed: [Entry], of mailbox: OpenMailbox, _ items: [FetchItem] = listing,
    take: (FetchData, UID) -> Void = { _, _ in }
  ) throws -> MailboxSnapshot {
    var entries = listed
    let announced = mailbox.status.messages
    var listingDoubt = Self.listingDoubt(listed: entries.count, announced: announced)
    if listingDoubt != nil, let found = try searchAll() {
      var leftOut = found.uids.subtracting(UIDSet(entries.map(\.uid)))
      let late = try listedOnRequest(leftOut, items, take)
      leftOut = leftOut.subtracting(UIDSet(late.map(\.uid)))
      entries = (entries + late).sorted { $0.uid < $1.uid }
      listingDoubt = Self.listingDoubt(listed: entries.count, announced: announced).map {
        $0 + Self.comparison(found: found.count, leftOut: leftOut)
      }
    }
    return MailboxSnapshot(
      status: mailbox.status, extent: .complete, entries: entries, listingDoubt: listingDoubt)
  }

  /// What a listing left out and gives when it is asked for by UID; a refusal gives nothing.
  private func listedOnRequest(
    _ uids: UIDSet, _ items: [FetchItem], _ take: (FetchData, UID) -> Void
  ) throws -> [Entry] {
    do {
      return try uids.lines(of: family.commandBytesMax).flatMap {
        try entries($0, items, take: take)
      }
    } catch let error as SyncError where error.scope == .mailbox { return [] }
  }

  /// What SEARCH finds; nil where it is refused.
  private func searchAll() throws -> SearchAnswer? {
    let wire = try line()
    var found = SearchAnswer()
    let answer = try wire.ask(
      .uidSearchAll(extended: wire.capabilities.has(.esearch)), within: patience
    ) { found.take($0) }
    return answer.kind == .ok ? found : nil
  }

  private static func listingDoubt(listed: Int, announced: Int64?) -> String? {
    if let announced, Int64(listed) < announced {
      return "the server says there are \(announced) messages and lists \(listed)"
    }
    return cuts.contains(listed)
      ? "exactly \(listed) messages: some providers show no more than that over IMAP" : nil
  }

  private static func comparison(found: Int64, leftOut: UIDSet) -> String {
    guard !leftOut.isEmpty else { return "; its search finds \(found)" }
    let shown = UIDSet(ranges: Array(leftOut.ranges.prefix(rangesShownMax)))
    let more = leftOut.ranges.count > rangesShownMax ? " and more" : ""
    return "; its search finds \(found), and FETCH leaves out UID \(shown)\(more)"
  }

  /// In a sentence for people.
  private static let rangesShownMax = 10

  /// Where providers are known to cut (Yahoo, Gmail's setting).
  private static let cuts: Set<Int> = [1_000, 2_000, 5_000, 10_000]
}
