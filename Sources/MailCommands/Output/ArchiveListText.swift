// mailmove: the contents of an archive, as words.
// SPDX-License-Identifier: Apache-2.0

import MailArchive
import MailJobs
import MailWire

/// The folders of an archive, as a table and for programs.
struct ArchiveListText {
  struct Line: Sendable {
    let folder: OpenArchive.Folder
    /// What is listed of it.
    let shown: FolderExtent
    /// Messages that have vanished at the server they came from.
    let vanished: Int64
  }

  /// Names have to be typed in other commands, so they are cut off only where nobody would.
  private static let nameWidthMax = 200

  let accounts: [String]
  let lines: [Line]
  let showsVanished: Bool
  /// Of all segments, whichever account is listed.
  let bytesOnDisk: Int64
  let position: JournalPosition?

  var table: [String] {
    var columns: [TextTable.Column] = [
      .init("account", widthMax: Self.nameWidthMax), .init("folder", widthMax: Self.nameWidthMax),
      .init("messages", isNumber: true), .init("size", isNumber: true),
    ]
    if showsVanished { columns.append(.init("vanished", isNumber: true)) }
    var table = TextTable(columns + [.init("from"), .init("to")])
    for line in lines {
      var cells = [
        line.folder.account, line.folder.path, Quantity.count(line.shown.messages),
        Quantity.bytes(line.shown.bytes),
      ]
      if showsVanished { cells.append(Quantity.count(line.vanished)) }
      table.add(cells + [Self.day(line.shown.earliest), Self.day(line.shown.latest)])
    }
    return table.lines
  }

  var summary: String {
    "\(Quantity.count(messages, "message")) (\(Quantity.bytes(bytes))) in "
      + "\(Quantity.count(lines.count, "folder")) of \(Quantity.count(accounts.count, "account"))"
      + "; all segments take \(Quantity.bytes(bytesOnDisk))"
      + (position.map { ", commit \(Quantity.count($0.commit))" } ?? "")
  }

  /// What the listing leaves out.
  var remark: String? {
    let vanished = total(\.vanished)
    guard !showsVanished, vanished > 0 else { return nil }
    return "\(Quantity.count(vanished, "message")) that vanished at the source not listed; "
      + "--all lists them too"
  }

  /// The fields of the event `archive`.
  var fields: [(String, JSON)] {
    [
      ("accounts", .array(accounts.map(JSON.string))), ("folders", JSON(lines.count)),
      ("messages", JSON(messages)), ("bytes", JSON(bytes)), ("vanished", JSON(total(\.vanished))),
      ("bytes_on_disk", JSON(bytesOnDisk)), ("commit", JSON(position?.commit)),
      ("head", JSON(position?.digest.description)),
    ]
  }

  /// The fields of the event `folder`.
  static func fields(of line: Line) -> [(String, JSON)] {
    [
      ("account", .string(line.folder.account)), ("folder", .string(line.folder.path)),
      ("role", JSON(line.folder.folder.special)),
      ("uidvalidity", JSON(line.folder.folder.uidValidity)),
      ("uidnext", JSON(line.folder.folder.uidNext)),
      ("messages", JSON(line.shown.messages)), ("bytes", JSON(line.shown.bytes)),
      ("vanished", JSON(line.vanished)),
      ("from", JSON(line.shown.earliest.map(Timestamp.text))),
      ("to", JSON(line.shown.latest.map(Timestamp.text))),
    ]
  }

  private var messages: Int64 { lines.reduce(0) { $0 &+ $1.shown.messages } }
  private var bytes: Int64 { lines.reduce(0) { $0 &+ $1.shown.bytes } }

  private func total(_ count: (Line) -> Int64) -> Int64 { lines.reduce(0) { $0 &+ count($1) } }

  private static func day(_ seconds: Int64?) -> String {
    seconds.map { String(Timestamp.text($0).prefix { $0 != "T" }) } ?? ""
  }
}
