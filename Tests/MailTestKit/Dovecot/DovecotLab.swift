// mailmove: a throw-away Dovecot.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A real Dovecot on loopback ports, without privileges, TLS by its own authority, all of its
/// state in one folder; it leaves nothing running and nothing on disk.
///
/// Starting takes a few tens of milliseconds; several may run side by side.
package final class DovecotLab: Sendable {
  package let options: DovecotOptions
  package let ports: LabPorts
  /// Everything the server owns.
  package let folder: String
  /// The certificate a client must trust (PEM).
  package let authorityFile: String
  private let server: ChildProcess
  private let labGuard: LabGuard?
  private let account: UnprivilegedAccount
  private let isStopped = Mutex(false)

  /// What the server writes about itself.
  package var logFile: String { "\(folder)/dovecot.log" }

  /// Starts a server and returns once it greets clients.
  ///
  /// Throws `LabError` when Dovecot is missing or does not start, with the end of its log.
  package convenience init(_ options: DovecotOptions = DovecotOptions()) throws {
    let program = try Program.path(of: "dovecot", package: "dovecot-imapd dovecot-pop3d")
    let account = try UnprivilegedAccount()
    for _ in 0..<20 {
      let folder = try DovecotFolder(options: options, account: account)
      let ports = try LabPorts()
      do {
        try folder.fill(ports: ports)
        let server = try ChildProcess(
          account.commandPrefix + [program, "-F", "-c", folder.configurationFile])
        if try Self.waitUntilReady(server, folder: folder, port: ports.imap) {
          try self.init(folder: folder, ports: ports, server: server)
          return
        }
        folder.remove()
      } catch {
        folder.remove()
        throw error
      }
    }
    throw LabError("Dovecot found its ports taken twenty times over")
  }

  private init(folder: DovecotFolder, ports: LabPorts, server: ChildProcess) throws {
    options = folder.options
    account = folder.account
    self.folder = folder.path
    self.ports = ports
    self.server = server
    authorityFile = folder.authorityFile
    switch options.lifetime {
    case .withProcess:
      do {
        labGuard = try LabGuard(server: server.id, folder: folder.path)
      } catch {
        server.terminate()
        throw error
      }
    case .untilStopped: labGuard = nil
    }
  }

  deinit {
    if options.lifetime == .withProcess { stop() }
  }

  /// Ends the server and removes its folder; once is enough, more does no harm.
  package func stop() {
    let isFirst = isStopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    guard isFirst else { return }
    server.terminate()
    try? FileManager.default.removeItem(atPath: folder)
    labGuard?.dismiss()
  }

  /// Lets all of its processes rest: clients can connect and are told nothing until `resume()`.
  package func pause() { signal(SIGSTOP) }

  package func resume() { signal(SIGCONT) }

  private func signal(_ number: Int32) { kill(-server.id, number) }

  /// Ends a server that another process left running, and removes its folder.
  package static func stop(folder: String) {
    let pidFile = "\(folder)/run/master.pid"
    if let text = try? String(contentsOfFile: pidFile, encoding: .utf8),
      let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    {
      RunningProcess(id: id)?.terminateGroup()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs `doveadm` on this server and returns what it printed.
  ///
  /// `["force-resync", "-u", "hanna", "*"]`, `["kick", "hanna"]`, `["quota", "get", "-u", …]`.
  @discardableResult
  package func doveadm(_ arguments: [String]) throws -> String {
    let program = try Program.path(of: "doveadm", package: "dovecot-core")
    let output = Pipe()
    let child = try ChildProcess(
      account.commandPrefix + [program, "-c", "\(folder)/dovecot.conf"] + arguments,
      output: output.fileHandleForWriting.fileDescriptor)
    try output.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard child.wait(seconds: 30) == 0 else {
      throw LabError("doveadm \(arguments.joined(separator: " ")) failed: \(text)")
    }
    return text
  }

  /// True once it greets, false when a port was taken, an error when it ended or stays silent.
  private static func waitUntilReady(
    _ server: ChildProcess, folder: DovecotFolder, port: UInt16
  ) throws -> Bool {
    let ready = try Deadline(seconds: 20).poll { () throws -> Bool? in
      guard let status = server.exitStatus() else {
        return LabGreeting.isReady(port: port) ? true : nil
      }
      let log = folder.logTail
      if log.contains("Address already in use") { return false }
      throw LabError("Dovecot ended with status \(status) instead of starting.\n\(log)")
    }
    if let ready { return ready }
    server.terminate()
    throw LabError("Dovecot does not greet its clients after 20 seconds.\n\(folder.logTail)")
  }
}
