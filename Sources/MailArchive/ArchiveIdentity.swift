// mailmove: whose archive it is.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The file that makes a directory an archive: its version, its name for life, its options.
package struct ArchiveIdentity: Sendable, Equatable {
  /// The version of the format written here.
  package static let version: Int64 = 1
  static let format = "mailmove-archive"
  private static let optionalFeatures = ["year-partitions"]

  package var uuid: String
  /// Seconds since 1970-01-01 00:00:00 UTC.
  package var created: Int64
  package var options: ArchiveOptions

  package init(uuid: String, created: Int64, options: ArchiveOptions) {
    self.uuid = uuid
    self.created = created
    self.options = options
  }

  /// The text of the file.
  package var text: [UInt8] {
    var features = JSONObject()
    features.add("required", .array([]))
    features.add("optional", .array(Self.optionalFeatures.map { .string($0) }))
    var options = JSONObject()
    options.add("group", Int64(self.options.group))
    options.add("segment", self.options.segment)
    options.add("level", Int64(self.options.level))
    var json = JSONObject()
    json.add("format", Self.format)
    json.add("version", Self.version)
    json.add("uuid", uuid)
    json.add("created", Timestamp.text(of: created))
    json.add("features", .object(features))
    json.add("options", .object(options))
    return json.text + [0x0A]
  }

  /// Reads the file of the archive at a path.
  package static func read(at path: String) throws(ArchiveError) -> ArchiveIdentity {
    try read(from: DiskStorage(root: path))
  }

  /// Reads the file of an archive.
  ///
  /// Throws `notFound`, `notAnArchive`, or `newer` if something in it is required that is not known
  /// here.
  package static func read(from storage: any Storage) throws(ArchiveError) -> ArchiveIdentity {
    guard let bytes = try storage.contents(of: ArchiveLayout.identity) else {
      throw .notFound(path: storage.name)
    }
    let foreign = ArchiveError.notAnArchive(
      path: storage.name, detail: "\(ArchiveLayout.identity) cannot be read")
    guard let json = try? JSONParser.object(bytes[...]), json.string("format") == format,
      let version = json.integer("version"), let uuid = json.string("uuid"), !uuid.isEmpty
    else { throw foreign }
    guard version == Self.version else { throw .newer(detail: "version \(version) of the format") }
    let required = json.object("features")?.array("required") ?? []
    guard required.isEmpty else {
      let names = required.map { name in if case .string(let text) = name { text } else { "?" } }
      throw .newer(detail: "it needs \(names.joined(separator: ", "))")
    }
    return ArchiveIdentity(
      uuid: uuid, created: json.string("created").flatMap(Timestamp.time) ?? 0,
      options: ArchiveOptions(json.object("options")))
  }
}

/// How an archive is written; readers take everything.
package struct ArchiveOptions: Sendable, Equatable {
  /// Bytes of text in one member, except for a larger message; 0: each message on its own.
  package var group = 128 << 10
  /// Bytes after which a segment is sealed.
  package var segment: Int64 = 128 << 20
  /// Compression, from 1 (fast) to 12 (small).
  package var level = 1

  package init() {}

  /// Options out of the file; one that makes no sense is the default.
  init(_ json: JSONObject?) {
    if let group = json?.integer("group"), (0...(4 << 20)).contains(group) {
      self.group = Int(group)
    }
    if let segment = json?.integer("segment"), segment > 0 { self.segment = segment }
    if let level = json?.integer("level"), (1...12).contains(level) { self.level = Int(level) }
  }
}
