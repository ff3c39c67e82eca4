// mailmove: what the test client asks of a server.
// SPDX-License-Identifier: Apache-2.0

import Foundation

extension LabClient {
  /// A mailbox as LIST tells it.
  package struct Listed: Sendable, Equatable {
    package let path: String
    package let attributes: Set<String>

    package var isSelectable: Bool {
      attributes.isDisjoint(with: ["\\noselect", "\\nonexistent"])
    }
  }

  /// A mailbox as STATUS tells it.
  package struct Status: Sendable, Equatable {
    package let messages: Int
    package let uidNext: Int
    package let uidValidity: Int
  }

  /// A message as FETCH tells it.
  package struct Fetched: Sendable, Equatable {
    package let uid: Int
    /// As the server spells them, without `\Recent`.
    package let flags: Set<String>
    /// As on the wire, as in `17-Jul-1996 02:44:25 -0700`.
    package let internalDate: String
    package let bytes: [UInt8]
  }

  /// All mailboxes; attributes in lower case.
  package func list() throws -> [Listed] {
    let special = capabilities.contains("SPECIAL-USE") ? " RETURN (SPECIAL-USE)" : ""
    return try command("LIST \"\" \"*\"\(special)").compactMap { line in
      guard line.first?.text == "LIST", line.count >= 4 else { return nil }
      return Listed(
        path: layout.path(wireName: line[3].text),
        attributes: Set(line[1].items.map { $0.text.lowercased() }))
    }
  }

  package func subscribed() throws -> Set<String> {
    let lines = try command("LSUB \"\" \"*\"").filter { line in
      line.count >= 4 && line[0].text == "LSUB"
        && !line[1].items.contains(.atom("\\NoSelect"))
        && !line[1].items.contains(.atom("\\Noselect"))
    }
    return Set(lines.map { layout.path(wireName: $0[3].text) })
  }

  package func create(_ path: String) throws {
    try command("CREATE \(layout.wireName(path))")
  }

  package func delete(_ path: String) throws {
    try command("DELETE \(layout.wireName(path))")
  }

  package func subscribe(_ path: String) throws {
    try command("SUBSCRIBE \(layout.wireName(path))")
  }

  package func unsubscribe(_ path: String) throws {
    try command("UNSUBSCRIBE \(layout.wireName(path))")
  }

  package func status(_ path: String) throws -> Status {
    let answer = try command(
      "STATUS \(layout.wireName(path)) (MESSAGES UIDNEXT UIDVALIDITY)")
    let values = answer.first { $0.first?.text == "STATUS" }?.last
    func number(_ name: String) throws -> Int {
      guard let number = values?.value(after: name).flatMap({ Int($0.text) }) else {
        throw LabError("STATUS of \(path) without \(name)")
      }
      return number
    }
    return Status(
      messages: try number("MESSAGES"), uidNext: try number("UIDNEXT"),
      uidValidity: try number("UIDVALIDITY"))
  }

  /// Opens a mailbox; returns the number of messages in it.
  @discardableResult
  package func select(_ path: String) throws -> Int {
    try open(path, with: "SELECT")
  }

  /// Opens a mailbox read-only; returns the number of messages in it.
  @discardableResult
  package func examine(_ path: String) throws -> Int {
    try open(path, with: "EXAMINE")
  }

  private func open(_ path: String, with verb: String) throws -> Int {
    let exists = try command("\(verb) \(layout.wireName(path))").first { line in
      line.count == 2 && line[1].text == "EXISTS"
    }
    return exists.flatMap { Int($0[0].text) } ?? 0
  }

  /// UID, flags, date and bytes of messages of the open mailbox, in the order of their numbers.
  ///
  /// - Parameter numbers: a sequence set, such as `1:*`; an open mailbox without messages
  ///   must not be asked.
  package func fetch(numbers: String) throws -> [Fetched] {
    try command("FETCH \(numbers) (UID FLAGS INTERNALDATE BODY.PEEK[])").compactMap { line in
      guard line.count == 3, line[1].text == "FETCH" else { return nil }
      guard let uid = line[2].value(after: "UID").flatMap({ Int($0.text) }),
        let flags = line[2].value(after: "FLAGS"),
        let date = line[2].value(after: "INTERNALDATE"), let bytes = line[2].value(after: "BODY[]")
      else { return nil }
      return Fetched(
        uid: uid, flags: Set(flags.items.map(\.text)).subtracting(["\\Recent"]),
        internalDate: date.text, bytes: bytes.octets)
    }
  }

  /// All messages of a mailbox.
  package func messages(in path: String) throws -> [Fetched] {
    try examine(path) == 0 ? [] : fetch(numbers: "1:*")
  }

  /// Changes flags of messages of the open mailbox.
  ///
  /// - Parameter change: such as `+FLAGS.SILENT (\Seen)`.
  package func store(uids: [Int], _ change: String) throws {
    try command("UID STORE \(uids.map(String.init).joined(separator: ",")) \(change)")
  }

  /// Removes what is marked `\Deleted` in the open mailbox.
  package func expunge() throws {
    try command("EXPUNGE")
  }

  package func logout() throws {
    try command("LOGOUT")
  }
}
