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

  let folder: String
  /// `NAME='value'` lines.
  let assignments: String
  private let values: [String: String]

  private static let file = "lab.env"

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
  static func start(
    folder: String, sample: SampleMailbox, setup: LabSetup = LabSetup()
  ) throws -> LabPair {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    chmod(folder, 0o711)
    let authority = try CertificateAuthority(name: "mailmove laboratory")
    let authorityFile = try authority.write(into: folder)
    var lines = ["LAB_CA='\(authorityFile)'"]
    do {
      for side in [Side.old, .new] {
        var options = setup.options(side)
        options.authority = authority
        options.folder = "\(folder)/\(side.rawValue)"
        let lab = try DovecotLab(options)
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
          let spare = lab.options.users[1].name
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

  func connect(_ side: Side) throws -> LabClient {
    let name = "LAB_\(side.rawValue.uppercased())"
    guard let port = values["\(name)_PORT"].flatMap({ UInt16($0) }),
      let user = values["\(name)_USER"], let file = values["\(name)_PASSWORD_FILE"],
      let password = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first
    else { throw LabError("\(Self.file) does not describe the \(side.rawValue) server") }
    let account = DovecotOptions.User(name: user, password: String(password))
    return try LabClient(port: port, authorityFile: "\(folder)/ca.crt", user: account)
  }

  /// How many messages the new server has.
  func countNew(_ client: LabClient) throws -> Int {
    try client.list().filter(\.isSelectable).reduce(0) { sum, mailbox in
      sum + (try client.status(mailbox.path).messages)
    }
  }
}
