// mailmove: responses in one readable line.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// Writes responses so that a transcript can say what it expects; everything that was understood
/// shows.
enum ResponseText {
  static func of(_ response: Response) -> String {
    switch response {
    case .tagged(let tag, let status): "tagged \(tag) \(of(status))"
    case .untagged(let status): of(status)
    case .continuation(let text): "continue \(quote(text))"
    case .capability(let set): "capability \(set.names.joined(separator: " "))"
    case .enabled(let names): "enabled \(names)"
    case .list(let row):
      "list \(quote(row.name.bytes)) delimiter=\(of(row.delimiter)) \(row.attributes)"
    case .status(let name, let status): "status \(quote(name.bytes)) \(of(status))"
    case .namespace(let spaces):
      "namespace personal=\(of(spaces.personal)) other=\(of(spaces.otherUsers)) "
        + "shared=\(of(spaces.shared))"
    case .flags(let names): "flags \(names)"
    case .exists(let count): "exists \(count)"
    case .recent(let count): "recent \(count)"
    case .expunge(let number): "expunge \(number)"
    case .vanished(let uids, let earlier): "vanished \(uids) earlier=\(earlier)"
    case .fetch(let data): "fetch \(of(data))"
    case .search(let uids): "search \(uids)"
    case .esearch(let result):
      "esearch "
        + pairs([
          ("tag", result.tag), ("uid", result.isUID ? "yes" : nil),
          ("all", result.all?.description),
          ("count", result.count?.description), ("min", result.min?.description),
          ("max", result.max?.description),
        ])
    case .quotaRoot(let name, let roots):
      "quotaroot \(quote(name.bytes)) \(roots.map(quote).joined(separator: " "))"
    case .quota(let root, let resources):
      "quota \(quote(root)) \(resources.map { "\($0.name) \($0.usage)/\($0.limit)" })"
    case .id(let fields): "id \(fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
    case .unknown(let name): "unknown \(name)"
    }
  }

  static func of(_ frame: Frame, _ parser: inout ResponseParser) -> String {
    do {
      return "= " + of(try parser.parse(frame))
    } catch {
      return "! \(error)"
    }
  }

  private static func of(_ status: StatusResponse) -> String {
    let code =
      switch status.code {
      case nil: ""
      case .capability(let set): "[capability \(set.names.joined(separator: " "))] "
      case .permanentFlags(let permanent):
        "[permanentFlags \(permanent.flags) new=\(permanent.allowsNewKeywords)] "
      case let code?: "[\(code)] "
      }
    return "\(status.kind.rawValue) \(code)'\(status.text)'"
  }

  private static func of(_ status: MailboxStatus) -> String {
    pairs([
      ("messages", status.messages?.description), ("uidnext", status.uidNext?.description),
      ("uidvalidity", status.uidValidity?.description),
      ("highestmodseq", status.highestModSeq?.description), ("size", status.size?.description),
      ("appendlimit", status.appendLimit?.description), ("mailboxid", status.mailboxID),
    ])
  }

  private static func of(_ data: FetchData) -> String {
    let body: String? =
      switch data.body {
      case nil: nil
      case .absent: "absent"
      case .oversize(let octets): "oversize \(octets)"
      case .bytes(let bytes): quote(bytes)
      }
    return "\(data.sequenceNumber) "
      + pairs([
        ("uid", data.uid?.description), ("flags", data.flags?.description),
        ("date", data.internalDate.map { "'\($0)'" }),
        ("datetext", data.internalDateText.map { "'\($0)'" }), ("size", data.size?.description),
        ("modseq", data.modSeq?.description), ("emailid", data.emailID),
        ("labels", data.gmailLabels.map { "[\($0.map(quote).joined(separator: ", "))]" }),
        ("header", data.header.map(quote)), ("body", body),
      ])
  }

  private static func of(_ delimiter: UInt8?) -> String {
    delimiter.map { quote([$0]) } ?? "none"
  }

  private static func of(_ entries: [Namespaces.Entry]) -> String {
    "[" + entries.map { "\(quote($0.prefix)) \(of($0.delimiter))" }.joined(separator: ", ") + "]"
  }

  private static func pairs(_ values: [(String, String?)]) -> String {
    values.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: " ")
  }

  /// Octets outside printable ASCII as `%HH`.
  private static func quote(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF")
    let text = bytes.map { byte in
      (0x20...0x7E).contains(byte)
        ? String(Unicode.Scalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
    return "'\(text.joined())'"
  }
}
