// mailmove: the folder of a throw-away Dovecot.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Everything a throw-away server reads and writes, below one folder.
struct DovecotFolder {
  let options: DovecotOptions
  let account: UnprivilegedAccount
  let path: String

  var configurationFile: String { "\(path)/dovecot.conf" }
  var authorityFile: String { "\(path)/ca.crt" }

  /// Makes an empty folder that belongs to the account and that nobody else may look into.
  init(options: DovecotOptions, account: UnprivilegedAccount) throws {
    self.options = options
    self.account = account
    if let folder = options.folder {
      guard mkdir(folder, 0o700) == 0 else {
        throw LabError("cannot make \(folder): \(String(cString: strerror(errno)))")
      }
      path = folder
    } else {
      var template = Array("\(Self.parent(options))/mailmove-lab-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else {
        throw LabError("cannot make a folder: \(String(cString: strerror(errno)))")
      }
      path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// Writes certificates, passwords and configuration.
  func fill(ports: LabPorts) throws {
    let authority = try options.authority ?? CertificateAuthority(name: "mailmove laboratory")
    let identity = try options.identity ?? authority.issue()
    let files = try identity.write(into: path)
    let configuration = DovecotConfiguration(
      options: options, folder: path, ports: ports, account: account)
    let folders = ["run", "state", "mail"].map { "\(path)/\($0)" }
    for folder in folders { mkdir(folder, 0o700) }
    try write(configuration.text, to: configurationFile)
    try write(DovecotConfiguration.passwordFile(options.users), to: "\(path)/users")
    try write(
      DovecotConfiguration.passwordFile(options.masterUser.map { [$0] } ?? []),
      to: "\(path)/masters")
    try account.takeOver(
      path,
      contents: folders + [
        try authority.write(into: path), files.certificate, files.privateKey, files.chain,
        configurationFile, "\(path)/users", "\(path)/masters",
      ])
  }

  /// The last lines the server wrote about itself.
  var logTail: String {
    guard let log = try? String(contentsOfFile: "\(path)/dovecot.log", encoding: .utf8) else {
      return "(no log in \(path); can \(account.user) enter the folders above it?)"
    }
    return log.split(separator: "\n").suffix(20).joined(separator: "\n")
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func parent(_ options: DovecotOptions) -> String {
    if let folder = options.parentFolder { return folder }
    let memory = "/dev/shm"
    return FileManager.default.isWritableFile(atPath: memory)
      ? memory : FileManager.default.temporaryDirectory.path
  }

  private func write(_ text: String, to file: String) throws {
    let made = FileManager.default.createFile(
      atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard made else { throw LabError("cannot write \(file)") }
  }
}
