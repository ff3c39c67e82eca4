// mailmove: two real servers and the real binary.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

/// An old server, a new one, and the built binary between them.
final class Bench {
  let old: DovecotLab
  let new: DovecotLab
  let folder: TemporaryFolder
  var usesStartTLS = false
  /// The old account is read by POP3, in which it has only INBOX.
  var usesPOP3 = false
  let authority: String

  init(
    old oldOptions: DovecotOptions = DovecotOptions(),
    new newOptions: DovecotOptions = DovecotOptions()
  ) throws {
    let shared = try CertificateAuthority(name: "laboratory")
    var oldOptions = oldOptions
    var newOptions = newOptions
    oldOptions.authority = shared
    newOptions.authority = shared
    old = try DovecotLab(oldOptions)
    new = try DovecotLab(newOptions)
    folder = try TemporaryFolder()
    authority = old.authorityFile
  }

  deinit {
    old.stop()
    new.stop()
  }

  /// Where mail is, or is to go.
  enum Place {
    case old
    case new
    /// The archive in the bench's folder, which is made when it is missing.
    case archive
    /// Another one.
    case otherArchive
  }

  /// The folders of the archives.
  var archive: String { folder.path + "/archive" }
  var otherArchive: String { folder.path + "/other-archive" }

  /// How a run of the binary ended.
  struct Ended {
    let exit: Int32
    let output: String
    let errors: String
  }

  /// Runs `mailmove COMMAND OLD NEW …`, or with other places, to its end.
  @discardableResult
  func run(
    _ command: String, _ more: [String] = [], from source: Place = .old, to target: Place = .new
  ) throws -> Ended {
    let output = folder.path + "/output-\(UUID().uuidString)"
    let errors = output + ".errors"
    let process = try start(
      arguments: words(command, from: source, to: target) + more, output: output, errors: errors)
    process.waitUntilExit()
    return Ended(
      exit: process.ending,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// Looks at the old account's maildrop.
  func probe() throws -> Ended {
    let output = folder.path + "/probe"
    let process = try start(
      arguments: ["probe", maildrop, "--tls-ca", authority], output: output,
      errors: output + ".errors")
    process.waitUntilExit()
    return Ended(
      exit: process.ending,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: output + ".errors", encoding: .utf8))
  }

  /// Starts the binary and lets it work for a while; returns whether it had to be killed.
  func runAndKill(
    after seconds: Double, _ more: [String] = [], from source: Place = .old,
    to target: Place = .new
  ) throws -> Bool {
    let sink = "/dev/null"
    let process = try start(
      arguments: words("sync", from: source, to: target) + more, output: sink, errors: sink)
    let deadline = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < deadline { usleep(1_000) }
    let isAlive = process.isRunning
    if isAlive { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return isAlive
  }

  private func words(_ command: String, from source: Place, to target: Place) -> [String] {
    [command, address(source, isSource: true), address(target, isSource: false)]
      + ["--state", folder.path + "/state"]
      + ["source", "target"].flatMap { ["--\($0)-tls-ca", authority] }
  }

  private func address(_ place: Place, isSource: Bool) -> String {
    switch place {
    case .old: isSource && usesPOP3 ? maildrop : url(of: old)
    case .new: url(of: new)
    case .archive: "archive:" + archive
    case .otherArchive: "archive:" + otherArchive
    }
  }

  private func start(arguments: [String], output: String, errors: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try BuiltProgram.path)
    process.arguments = arguments
    process.environment = BuiltProgram.environment(
      home: folder.path,
      [
        "MAILMOVE_SOURCE_PASSWORD": old.options.users[0].password,
        "MAILMOVE_PASSWORD": old.options.users[0].password,
        "MAILMOVE_TARGET_PASSWORD": new.options.users[0].password,
      ])
    for path in [output, errors] where path != "/dev/null" {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    return process
  }

  private var maildrop: String {
    let user = old.options.users[0].name
    return usesStartTLS
      ? "pop3://\(user)@localhost:\(old.ports.pop3)"
      : "pop3s://\(user)@localhost:\(old.ports.pop3s)"
  }

  private func url(of lab: DovecotLab) -> String {
    let user = lab.options.users[0].name
    return usesStartTLS
      ? "imap://\(user)@localhost:\(lab.ports.imap)"
      : "imaps://\(user)@localhost:\(lab.ports.imaps)"
  }

  /// What is wrong with the new account, seen by a witness that shares no code with the product.
  func difference(ignoredFlags: Set<String> = []) throws -> [String] {
    let original = try LabSnapshot(of: LabClient(old))
    let copy = try LabSnapshot(of: LabClient(new))
    return copy.difference(
      from: original, renamed: copy.renamings(from: original), ignoredFlags: ignoredFlags)
  }

  /// All messages of an account, by bytes alone and in any order.
  ///
  /// POP3 cannot say that a message has no last line end: every text ends in one.
  func bytes(_ lab: DovecotLab, _ mailbox: String = "INBOX") throws -> [[UInt8]] {
    try LabClient(lab).messages(in: mailbox).map { message in
      message.bytes.suffix(2) == [0x0D, 0x0A] ? message.bytes : message.bytes + [0x0D, 0x0A]
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  func forgetLedger() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/state")
  }
}

extension DovecotLab {
  private var home: String { "\(folder)/mail/\(options.users[0].name)" }
  private var backup: String { "\(folder)/backup" }

  /// Copies the first user's home while nobody is logged in.
  func backUpHome() throws { try copy(home, to: backup) }

  /// Puts the copy back, as after a disk failed.
  func putBackHome() throws { try copy(backup, to: home) }

  private func copy(_ from: String, to place: String) throws {
    _ = try? doveadm(["kick", options.users[0].name])
    try? FileManager.default.removeItem(atPath: place)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/cp")
    process.arguments = ["-a", from, place]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
