// mailmove: making a mailbox, by another name if it must be.
// SPDX-License-Identifier: Apache-2.0

import MailWire
import SyncEngine

extension IMAPConnection {
  /// A CREATE with its answer, and what the server listed directly afterwards.
  struct Attempt {
    let name: MailboxName
    let answer: StatusResponse
    let rows: [ListRow]

    /// A server may refuse for any reason what another session is making at the same time, so what
    /// it lists afterwards counts as well.
    var isThere: Bool {
      answer.kind == .ok || answer.code == .alreadyExists
        || answer.text.lowercased().contains("already exists")
        || IMAPConnection.holds(rows, name)
    }
  }

  /// Creates and opens a mailbox that was not there when the map was made: in one round trip, where
  /// the server objects to nothing and keeps the name.
  func openNew(_ mailbox: MappedMailbox, named planned: MailboxName) throws -> TargetMailbox {
    let role = try role(of: mailbox)
    var opening = try beginOpening(planned, readOnly: false)
    var before: [ListRow] = []
    var after: [ListRow] = []
    let answers = try line().pipeline(
      [.list(), .create(planned, use: role), .list(), opening.command], within: patience
    ) { response, command in
      switch (command, response) {
      case (0, .list(let row)): before.append(row)
      case (2, .list(let row)): after.append(row)
      case (3, _): opening.take(response)
      default: break
      }
    }
    for answer in [answers[0], answers[2]] where answer.kind != .ok {
      throw failure(answer, on: .list)
    }
    var first = Attempt(name: planned, answer: answers[1], rows: after)
    let wasThere = Self.holds(before, planned)
    if wasThere || first.isThere, after.contains(where: { $0.name == planned }),
      answers[3].kind == .ok
    {
      return try target(finish(opening, answers[3]), wasCreated: !wasThere)
    }
    if wasThere, let found = try openIfPresent(planned) { return found }
    if !first.isThere, role != nil { first = try attempt(planned, use: nil) }
    return try openCreated(create(mailbox, named: planned, listed: before, first: first))
  }

  /// Creates a mailbox and returns the name the server gave it.
  ///
  /// - Parameters:
  ///   - listed: what the server listed before anything was tried.
  ///   - first: what came of the first attempt, if there was one.
  func create(
    _ mailbox: MappedMailbox, named planned: MailboxName, listed: [ListRow],
    first: Attempt? = nil
  ) throws -> MailboxName {
    let before = Set(listed.map(\.name))
    let first = try first ?? attempt(planned, mailbox)
    if first.isThere { return Self.spelling(of: planned, in: first.rows, before: before) }
    let refusal = first.answer
    let error = failure(refusal, on: .create).at(mailbox: planned)
    let moved = try otherNamespace(for: planned, mailbox.targetDelimiter, after: refusal)
    let others = alternatives(
      to: mailbox, isAboutTheName: error.cause == .mailboxNameRefused, listed: first.rows)
    for name in (moved.map { [$0] } ?? []) + others {
      let again = try attempt(name, mailbox)
      if again.isThere { return Self.spelling(of: name, in: again.rows, before: before) }
      let next = failure(again.answer, on: .create)
      guard next.cause == .mailboxNameRefused || name == moved else { throw next.at(mailbox: name) }
    }
    throw error
  }

  /// The names to try after a refusal. What cannot be below a mailbox goes beside it, at once where
  /// the server says that nothing can be below it, and in the end where it does not say.
  private func alternatives(
    to mailbox: MappedMailbox, isAboutTheName: Bool, listed: [ListRow]
  ) -> [MailboxName] {
    func beside(_ isParent: (ListRow) -> Bool) -> [MailboxName] {
      let parents = Set(listed.lazy.filter(isParent).map(\.name))
      guard let levels = Self.levels(down: mailbox, to: parents),
        let row = CreateAlternatives.beside(mailbox, levels: levels, family: family)
      else { return [] }
      return (row.target.map { [$0] } ?? []) + CreateAlternatives.names(for: row, family: family)
    }
    let told = beside { $0.has("\\NoInferiors") }
    guard told.isEmpty, isAboutTheName else { return told }
    return CreateAlternatives.names(for: mailbox, family: family)
      + beside { !$0.has("\\Noselect") && !$0.has("\\NonExistent") }.prefix(1)
  }

  /// How many levels there are down to the first of some mailboxes that is above a planned one.
  private static func levels(down mailbox: MappedMailbox, to parents: Set<MailboxName>) -> Int? {
    guard let bytes = mailbox.target?.bytes, let delimiter = mailbox.targetDelimiter else {
      return nil
    }
    let ends = bytes.indices.filter { bytes[$0] == delimiter }
    return ends.firstIndex { parents.contains(MailboxName(Array(bytes[..<$0]))) }.map { $0 + 1 }
  }

  /// The name with the personal prefix added, or taken away, where a refusal may be about that.
  private func otherNamespace(
    for planned: MailboxName, _ delimiter: UInt8?, after refusal: StatusResponse
  ) throws -> MailboxName? {
    let text = refusal.text.lowercased()
    let isAboutNamespaces = text.contains("namespace")
    guard let delimiter, !planned.isInbox,
      refusal.code == .noPerm || isAboutNamespaces || text.contains("invalid mailbox name")
    else { return nil }
    let inbox = MailboxName.inbox.bytes + [delimiter]
    var prefix = try personalPrefix()
    if prefix.isEmpty, isAboutNamespaces || planned.bytes.starts(with: inbox) { prefix = inbox }
    guard !prefix.isEmpty, planned.bytes.count > prefix.count || !planned.bytes.starts(with: prefix)
    else { return nil }
    return planned.bytes.starts(with: prefix)
      ? MailboxName(Array(planned.bytes.dropFirst(prefix.count)))
      : MailboxName(prefix + planned.bytes)
  }

  /// From NAMESPACE (RFC 2342), which a connection that has listed nothing has not asked for yet.
  private func personalPrefix() throws -> [UInt8] {
    let wire = try line()
    if namespaces == nil, wire.capabilities.has(.namespace) {
      _ = try wire.ask(.namespace) { response in
        if case .namespace(let spaces) = response { namespaces = spaces }
      }
    }
    return namespaces?.personal.first?.prefix ?? []
  }

  /// The attribute to create a mailbox with, where the server takes one (RFC 6154, 3).
  private func role(of mailbox: MappedMailbox) throws -> String? {
    try line().capabilities.has(.createSpecialUse) ? mailbox.createRole?.specialUse : nil
  }

  /// CREATE, with the role where there is one; once more without it if it is refused.
  private func attempt(_ name: MailboxName, _ mailbox: MappedMailbox) throws -> Attempt {
    if let role = try role(of: mailbox) {
      let attempt = try attempt(name, use: role)
      if attempt.answer.kind == .ok { return attempt }
    }
    return try attempt(name, use: nil)
  }

  /// CREATE, and LIST in the same round trip.
  private func attempt(_ name: MailboxName, use role: String?) throws -> Attempt {
    var rows: [ListRow] = []
    let commands: [Command] = [.create(name, use: role), .list()]
    let answers = try line().pipeline(commands, within: patience) { response, _ in
      if case .list(let row) = response { rows.append(row) }
    }
    guard answers[1].kind == .ok else {
      throw failure(answers[1], on: .list)
    }
    return Attempt(name: name, answer: answers[0], rows: rows)
  }

  /// A server may trim or fold a name while creating it: what is new in the list is what counts.
  private static func spelling(
    of name: MailboxName, in now: [ListRow], before: Set<MailboxName>
  ) -> MailboxName {
    if now.contains(where: { $0.name == name }) { return name }
    let wanted = MatchingForm("\(name)")
    let new = now.filter { !before.contains($0.name) && !$0.has("\\Noselect") }
    if let twin = new.first(where: { MatchingForm("\($0.name)") == wanted }) { return twin.name }
    if new.count == 1 { return new[0].name }
    // It was there before, under a name that the server takes for the same.
    let twin = now.first { MatchingForm("\($0.name)") == wanted && !$0.has("\\Noselect") }
    return twin?.name ?? name
  }
}
