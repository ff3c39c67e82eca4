// mailmove: events of the journal as lines of JSON.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension JournalEvent {
  /// The event as one JSON object; keys always come in the same order.
  package var json: JSONObject {
    var json = JSONObject()
    json.add("e", name)
    switch self {
    case .open(let opening): opening.add(to: &json)
    case .account(let account): account.add(to: &json)
    case .folder(let folder): folder.add(to: &json)
    case .segment(let id, let path):
      json.add("id", id)
      json.add("path", path)
    case .message(let message): message.add(to: &json)
    case .put(let put): put.add(to: &json)
    case .flags(let flags):
      flags.key.add(to: &json)
      json.add("flags", flags.flags.journalText)
      json.add("modseq", flags.modSeq)
    case .gone(let set, let modSeq), .listed(let set, let modSeq):
      json.add("f", set.folder.rawValue)
      json.add("v", Int64(set.uidValidity))
      json.add("u", .array(set.uids.map { .integer(Int64($0)) }))
      json.add("modseq", modSeq)
    case .scan(let scan):
      json.add("f", scan.folder.rawValue)
      json.add("v", scan.uidValidity)
      json.add("uidnext", scan.uidNext)
      json.add("modseq", scan.modSeq)
    case .run(let members), .end(let members):
      for member in members.members where member.key != "e" {
        json.add(member.key, member.value)
      }
    case .seal(let segment, let bytes, let digest):
      json.add("seg", segment)
      json.add("bytes", bytes)
      json.add("sha256", digest.description)
    case .damage, .heal, .prune, .moved, .drop, .hold, .release: addMaintenance(to: &json)
    case .unknown(_, let mustBeKnown): if mustBeKnown { json.add("must", 1) }
    }
    return json
  }

  private func addMaintenance(to json: inout JSONObject) {
    switch self {
    case .damage(let messages, let detail):
      json.add("m", .array(messages.map { .integer($0) }))
      json.add("what", detail)
    case .heal(let place): place.add(to: &json, key: "m")
    case .prune(let messages): json.add("m", .array(messages.map { .integer($0) }))
    case .moved(let places):
      json.add(
        "map",
        .array(
          places.map { place in
            var entry = JSONObject()
            place.add(to: &entry, key: "m")
            return .object(entry)
          }))
    case .drop(let segment): json.add("seg", segment)
    case .hold(let id, let query, let since):
      json.add("id", id)
      json.add("query", query)
      json.add("since", since)
    case .release(let id): json.add("id", id)
    case .open, .account, .folder, .segment, .message, .put, .flags, .gone, .listed, .scan, .run,
      .end, .seal, .unknown:
      break
    }
  }

  private var name: String {
    switch self {
    case .open: "open"
    case .account: "account"
    case .folder: "folder"
    case .segment: "seg"
    case .message: "msg"
    case .put: "put"
    case .flags: "flags"
    case .gone: "gone"
    case .listed: "listed"
    case .scan: "scan"
    case .run: "run"
    case .end: "end"
    case .seal: "seal"
    case .damage: "damage"
    case .heal: "heal"
    case .prune: "prune"
    case .moved: "moved"
    case .drop: "drop"
    case .hold: "hold"
    case .release: "release"
    case .unknown(let name, _): name
    }
  }
}

extension JournalOpening {
  fileprivate func add(to json: inout JSONObject) {
    json.add("format", format)
    json.add("archive", archive)
    json.add("journal", ArchiveLayout.eightDigits(journal))
    json.add("prev", previous?.description)
    json.add("ts", Timestamp.text(of: time))
    json.add("tool", tool)
  }
}

extension AccountEvent {
  fileprivate func add(to json: inout JSONObject) {
    json.add("id", id.rawValue)
    json.add("label", label)
    json.add("proto", proto)
    json.add("host", host)
  }
}

extension FolderEvent {
  fileprivate func add(to json: inout JSONObject) {
    json.add("id", id.rawValue)
    json.add("account", account.rawValue)
    json.add("name", name)
    json.add("delim", delimiter)
    json.add("special", special)
    json.add("mailboxid", mailboxID)
    json.add("v", Int64(uidValidity))
  }
}

extension MessagePlace {
  fileprivate func add(to json: inout JSONObject, key: String) {
    json.add(key, id)
    json.add("seg", segment)
    json.add("off", offset)
    json.add("clen", compressedLength)
    json.add("at", at)
    json.add("len", length)
  }
}

extension MessageEvent {
  fileprivate func add(to json: inout JSONObject) {
    json.add("id", place.id)
    json.add("sha256", digest.description)
    json.add("size", size)
    json.add("seg", place.segment)
    json.add("off", place.offset)
    json.add("clen", place.compressedLength)
    json.add("at", place.at)
    json.add("len", place.length)
    json.add("date", date)
  }
}

extension PlacementKey {
  fileprivate func add(to json: inout JSONObject) {
    json.add("f", folder.rawValue)
    json.add("v", Int64(uidValidity))
    json.add("u", Int64(uid))
  }
}

extension PutEvent {
  fileprivate func add(to json: inout JSONObject) {
    key.add(to: &json)
    json.add("m", message)
    json.add("idate", internalDate?.secondsSinceEpoch)
    json.add("zone", internalDate.map { Int64($0.zoneMinutes) })
    json.add("flags", flags.journalText)
    json.add("modseq", modSeq)
    json.add("labels", labels.map { .array($0.map { .string($0) }) })
    json.add("eid", emailID)
    json.add("uidl", uidl)
    json.add("sv", source?.uidValidity)
    json.add("su", source?.uid)
  }
}

extension FlagSet {
  /// The names with a space between them, as they stand in the journal and in the catalog.
  var journalText: String { names.joined(separator: " ") }

  /// Flags from names with spaces between them.
  init(journalText: some StringProtocol) {
    var system: SystemFlags = []
    var keywords: [Keyword] = []
    for name in journalText.split(separator: " ") {
      let folded = name.lowercased()
      if let flag = SystemFlags.spellings.first(where: { $0.name.lowercased() == folded })?.flag {
        system.insert(flag)
      } else {
        keywords.append(Keyword(String(name)))
      }
    }
    self.init(system: system, keywords: keywords)
  }
}
