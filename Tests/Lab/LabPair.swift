// mailmove: an old and a new server.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import MailTestKit

/// Two throw-away servers that outlive the process that started them, described by a file of
/// shell assignments in their folder.
struct LabPair {
  /// One of the two.
  enum Side: String { case old, new }

  /// A second, empty account at the new server, with the password of the first.
  private static let spareUser = DovecotOptions.User(
    name: "restored", password: "ein neues & längeres")

  let folder: String
  /// `NAME='value'` lines.
  let assignments: String
  private let values: [String: String]

  private static let file = "lab.env"
  private static let users: [Side: DovecotOptions.User] = [
    .old: DovecotOptions.User(name: "hanna@alt.example", password: "Größe \"7½\" {ja}\\nein"),
    .new: DovecotOptions.User(name: "hanna", password: "ein neues & längeres"),
  ]

  /// Reads the description of servers that run already.
  init(folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(Self.file)"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw LabError("\(path) cannot be read; run mailmove-lab start first")
    }
    assignments = text
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (String(parts[0]), parts[1].trimmingCharacters(in: ["'"]))
    }
    values = Dictionary(pairs) { first, _ in first }
  }

  /// Starts both servers, fills the old one and checks that it kept the sample as it is.
  static func start(folder: String, sample: SampleMailbox) throws -> LabPair {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    chmod(folder, 0o711)
    let authority = try CertificateAuthority(name: "mailmove laboratory")
    let authorityFile = try authority.write(into: folder)
    var lines = ["LAB_CA='\(authorityFile)'"]
    do {
      for side in [Side.old, .new] {
        let lab = try DovecotLab(try options(side, folder: folder, authority: authority))
        let name = side.rawValue.uppercased()
        let user = lab.options.users[0]
        let passwordFile = "\(folder)/\(side.rawValue).password"
        let isWritten = FileManager.default.createFile(
          atPath: passwordFile, contents: Data((user.password + "\n").utf8),
          attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw LabError("cannot write \(passwordFile)") }
        lines += [
          "LAB_\(name)_PORT='\(lab.ports.imaps)'", "LAB_\(name)_POP3S_PORT='\(lab.ports.pop3s)'",
          "LAB_\(name)_USER='\(user.name)'", "LAB_\(name)_PASSWORD_FILE='\(passwordFile)'",
          "LAB_\(name)_URL='imaps://\(user.name)@localhost:\(lab.ports.imaps)'",
        ]
        if side == .new {
          let spare = Self.spareUser.name
          lines += ["LAB_RESTORED_URL='imaps://\(spare)@localhost:\(lab.ports.imaps)'"]
        }
      }
      lines += [
        "LAB_MESSAGES='\(sample.messages.count)'", "LAB_MAILBOXES='\(sample.folders.count)'",
        "LAB_BYTES='\(sample.messages.reduce(0) { $0 + $1.bytes.count })'", "",
      ]
      let text = lines.joined(separator: "\n")
      try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
      let pair = try LabPair(folder: folder)
      try pair.connect(.old).fill(with: sample)
      return pair
    } catch {
      stop(folder: folder)
      throw error
    }
  }

  static func stop(folder: String) {
    for side in [Side.old, .new] { DovecotLab.stop(folder: "\(folder)/\(side.rawValue)") }
    try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
  }

  /// The old one spells mailboxes as servers did twenty years ago and knows no special use.
  private static func options(
    _ side: Side, folder: String, authority: CertificateAuthority
  ) throws -> DovecotOptions {
    var options = DovecotOptions()
    options.lifetime = .untilStopped
    options.authority = authority
    options.folder = "\(folder)/\(side.rawValue)"
    if let user = users[side] { options.users = [user] + (side == .new ? [spareUser] : []) }
    switch side {
    case .old:
      options.delimiter = "."
      options.prefix = "INBOX."
    case .new: options.specialMailboxes = DovecotOptions.englishSpecialMailboxes
    }
    return options
  }

  func connect(_ side: Side) throws -> LabClient {
    let name = "LAB_\(side.rawValue.uppercased())_PORT"
    guard let port = values[name].flatMap({ UInt16($0) }), let user = Self.users[side] else {
      throw LabError("\(Self.file) holds no \(name)")
    }
    return try LabClient(port: port, authorityFile: "\(folder)/ca.crt", user: user)
  }

  /// How many messages the new server has.
  func countNew(_ client: LabClient) throws -> Int {
    try client.list().filter(\.isSelectable).reduce(0) { sum, mailbox in
      sum + (try client.status(mailbox.path).messages)
    }
  }
}
