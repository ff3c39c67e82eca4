// mailmove: lines of JSON as events of the journal.
// SPDX-License-Identifier: Apache-2.0

import MailWire

extension JournalEvent {
  /// A known event that lacks a key, or has one that means nothing.
  struct Malformed: Error, Equatable {
    let event: String
    let key: String
  }

  /// Reads an event; keys and events that are not known are passed over.
  init(_ json: JSONObject) throws(Malformed) {
    guard let name = json.string("e") else { throw Malformed(event: "", key: "e") }
    let fields = EventFields(event: name, json: json)
    switch name {
    case "open": self = .open(try JournalOpening(fields))
    case "account": self = .account(try AccountEvent(fields))
    case "folder": self = .folder(try FolderEvent(fields))
    case "seg": self = .segment(id: try fields.number("id"), path: try fields.text("path"))
    case "msg": self = .message(try MessageEvent(fields))
    case "put": self = .put(try PutEvent(fields))
    case "flags":
      self = .flags(
        FlagsEvent(
          key: try PlacementKey(fields), flags: FlagSet(journalText: try fields.text("flags")),
          modSeq: json.integer("modseq")))
    case "gone": self = .gone(try PlacementSet(fields), modSeq: json.integer("modseq"))
    case "listed": self = .listed(try PlacementSet(fields), modSeq: json.integer("modseq"))
    case "scan":
      self = .scan(
        ScanEvent(
          folder: FolderID(try fields.number("f")), uidValidity: try fields.number("v"),
          uidNext: try fields.number("uidnext"), modSeq: json.integer("modseq")))
    case "run": self = .run(fields.others)
    case "end": self = .end(fields.others)
    case "seal":
      self = .seal(
        segment: try fields.number("seg"), bytes: try fields.number("bytes"),
        digest: try fields.digest("sha256"))
    default: self = try Self.maintenance(fields)
    }
  }

  private static func maintenance(_ fields: EventFields) throws(Malformed) -> JournalEvent {
    switch fields.event {
    case "damage":
      return .damage(messages: try fields.numbers("m"), detail: fields.json.string("what"))
    case "heal": return .heal(try MessagePlace(fields, key: "m"))
    case "prune": return .prune(messages: try fields.numbers("m"))
    case "moved":
      var places: [MessagePlace] = []
      for value in fields.json.array("map") ?? [] {
        guard case .object(let entry) = value else { throw Malformed(event: "moved", key: "map") }
        places.append(try MessagePlace(EventFields(event: "moved", json: entry), key: "m"))
      }
      return .moved(places)
    case "drop": return .drop(segment: try fields.number("seg"))
    case "hold":
      return .hold(
        id: try fields.number("id"), query: try fields.text("query"),
        since: fields.json.string("since"))
    case "release": return .release(id: try fields.number("id"))
    default:
      return .unknown(name: fields.event, mustBeKnown: fields.json.integer("must") == 1)
    }
  }
}

/// The keys of one event, with errors that say which one is wrong.
struct EventFields {
  let event: String
  let json: JSONObject

  func number<T: FixedWidthInteger>(_ key: String) throws(JournalEvent.Malformed) -> T {
    guard let value = json.integer(key), value >= 0, let narrowed = T(exactly: value) else {
      throw malformed(key)
    }
    return narrowed
  }

  func numbers<T: FixedWidthInteger>(_ key: String) throws(JournalEvent.Malformed) -> [T] {
    guard let values = json.array(key) else { throw malformed(key) }
    var numbers: [T] = []
    numbers.reserveCapacity(values.count)
    for value in values {
      guard case .integer(let number) = value, number >= 0, let narrowed = T(exactly: number)
      else { throw malformed(key) }
      numbers.append(narrowed)
    }
    return numbers
  }

  func text(_ key: String) throws(JournalEvent.Malformed) -> String {
    guard let value = json.string(key) else { throw malformed(key) }
    return value
  }

  func digest(_ key: String) throws(JournalEvent.Malformed) -> SHA256Digest {
    guard let digest = SHA256Digest(hexadecimal: try text(key).utf8) else { throw malformed(key) }
    return digest
  }

  func optionalDigest(_ key: String) throws(JournalEvent.Malformed) -> SHA256Digest? {
    json[key] == nil ? nil : try digest(key)
  }

  func time(_ key: String) throws(JournalEvent.Malformed) -> Int64 {
    guard let time = Timestamp.time(of: try text(key)) else { throw malformed(key) }
    return time
  }

  /// Everything but the name of the event.
  var others: JSONObject { JSONObject(json.members.filter { $0.key != "e" }) }

  func malformed(_ key: String) -> JournalEvent.Malformed {
    JournalEvent.Malformed(event: event, key: key)
  }
}

extension JournalOpening {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    guard let journal = Int64(try fields.text("journal")), journal > 0 else {
      throw fields.malformed("journal")
    }
    self.init(
      format: try fields.number("format"), archive: try fields.text("archive"), journal: journal,
      previous: try fields.optionalDigest("prev"), time: try fields.time("ts"),
      tool: fields.json.string("tool") ?? "")
  }
}

extension AccountEvent {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    self.init(
      id: AccountID(try fields.number("id")), label: try fields.text("label"),
      proto: fields.json.string("proto"), host: fields.json.string("host"))
  }
}

extension FolderEvent {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    self.init(
      id: FolderID(try fields.number("id")), account: AccountID(try fields.number("account")),
      name: try fields.text("name"), delimiter: fields.json.string("delim"),
      special: fields.json.string("special"), mailboxID: fields.json.string("mailboxid"),
      uidValidity: try fields.number("v"))
  }
}

extension MessagePlace {
  fileprivate init(_ fields: EventFields, key: String) throws(JournalEvent.Malformed) {
    self.init(
      id: try fields.number(key), segment: try fields.number("seg"),
      offset: try fields.number("off"), compressedLength: try fields.number("clen"),
      at: try fields.number("at"), length: try fields.number("len"))
  }
}

extension MessageEvent {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    self.init(
      place: try MessagePlace(fields, key: "id"), digest: try fields.digest("sha256"),
      size: try fields.number("size"), date: fields.json.integer("date"))
  }
}

extension PlacementKey {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    self.init(
      folder: FolderID(try fields.number("f")), uidValidity: try fields.number("v"),
      uid: try fields.number("u"))
  }
}

extension PlacementSet {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    self.init(
      folder: FolderID(try fields.number("f")), uidValidity: try fields.number("v"),
      uids: try fields.numbers("u"))
  }
}

extension PutEvent {
  fileprivate init(_ fields: EventFields) throws(JournalEvent.Malformed) {
    let json = fields.json
    var date: InternalDate?
    if let seconds = json.integer("idate") {
      let zone = json.integer("zone") ?? 0
      guard (-1_439...1_439).contains(zone) else { throw fields.malformed("zone") }
      date = InternalDate(secondsSinceEpoch: seconds, zoneMinutes: Int(zone))
    }
    let labels = json.array("labels")?.compactMap { label in
      if case .string(let text) = label { text } else { nil }
    }
    self.init(
      key: try PlacementKey(fields), message: try fields.number("m"), internalDate: date,
      flags: FlagSet(journalText: json.string("flags") ?? ""), modSeq: json.integer("modseq"),
      labels: labels, emailID: json.string("eid"), uidl: json.string("uidl"),
      source: SourceUID(json))
  }
}

extension SourceUID {
  fileprivate init?(_ json: JSONObject) {
    guard let uidValidity = json.integer("sv"), let uid = json.integer("su") else { return nil }
    self.init(uidValidity: uidValidity, uid: uid)
  }
}
