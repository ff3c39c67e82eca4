// mailmove: tests of what is shipped for nightly runs.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct PackagingTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let analyzer = "/usr/bin/systemd-analyze"

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The lines `KEY=VALUE` of a unit by section and key, in their order.
  private func unit(_ path: String) throws -> [String: [String]] {
    var section = ""
    var values: [String: [String]] = [:]
    for line in try text(path).split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("[") {
        section = String(line.dropFirst().dropLast())
      } else {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "\(line)")
        values["\(section).\(parts[0])", default: []].append(String(parts[1]))
      }
    }
    return values
  }

  @Test func theServiceRunsOneJobWithItsPasswordHandedOver() throws {
    let unit = try unit("packaging/systemd/mailmove@.service")
    #expect(unit["Service.Type"] == ["oneshot"])
    #expect(unit["Service.ExecStart"] == ["/usr/bin/mailmove sync --quiet %i"])
    #expect(
      unit["Service.LoadCredential"] == ["source-password:/etc/mailmove/%i/source-password"])
    let environment = unit["Service.Environment"] ?? []
    #expect(environment.contains("MAILMOVE_SOURCE_PASSWORD_FILE=%d/source-password"))
    #expect(unit["Service.StateDirectory"] == ["mailmove"])
    #expect(environment.contains("MAILMOVE_STATE=%S/mailmove"))
    for assignment in environment {
      let name = assignment.prefix { $0 != "=" }
      #expect(Setting.ofJobs.contains { $0.variable == name }, "\(name)")
    }
    #expect(unit["Service.Restart"] == ["on-failure"])
    let final = (unit["Service.RestartPreventExitStatus"] ?? [])
      .flatMap { $0.split(separator: " ").compactMap { Int32($0) } }
    let others: Set<MailJobs.ExitStatus> = [
      .success, .temporary, .locked, .cannotConnectSource, .cannotConnectTarget, .interrupted,
      .terminated,
    ]
    #expect(
      final == MailJobs.ExitStatus.allCases.filter { !others.contains($0) }.map(\.rawValue))
    #expect(
      unit["Service.SuccessExitStatus"] == ["\(MailJobs.ExitStatus.terminated.rawValue)"])
  }

  @Test(
    arguments: [
      ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"),
      ("PrivateDevices", "yes"), ("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""),
      ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"), ("RestrictNamespaces", "yes"),
      ("RestrictSUIDSGID", "yes"), ("MemoryDenyWriteExecute", "yes"), ("UMask", "0077"),
      ("SystemCallArchitectures", "native"), ("User", "mailmove"),
    ])
  func theServiceIsLockedIn(key: String, value: String) throws {
    let unit = try unit("packaging/systemd/mailmove@.service")
    #expect(unit["Service.\(key)"] == [value])
    #expect(unit["Service.SystemCallFilter"] == ["@system-service", "~@privileged"])
  }

  @Test func theTimerMakesUpForANightThatWasSleptThrough() throws {
    let unit = try unit("packaging/systemd/mailmove@.timer")
    #expect(unit["Timer.OnCalendar"]?.count == 1)
    #expect(unit["Timer.Persistent"] == ["true"])
    #expect(unit["Timer.RandomizedDelaySec"] == ["1h"])
    #expect(unit["Install.WantedBy"] == ["timers.target"])
  }

  @Test func cronRunsAllJobsAsAnUnprivilegedUser() throws {
    let lines = try text("packaging/cron/mailmove").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    let line = try #require(lines.last).split(separator: " ").map(String.init)
    try #require(line.count > 7)
    #expect(Array(line[2...6]) == ["*", "*", "*", "mailmove", "/usr/bin/mailmove"])
    let command = try #require(try MailMoveCommand.parseAsRoot(Array(line[7...])) as? SyncCommand)
    #expect(command.all && command.output.quiet)
    for assignment in lines where assignment.hasPrefix("MAILMOVE_") {
      let name = assignment.prefix { $0 != "=" }
      #expect(Setting.ofJobs.contains { $0.variable == name }, "\(name)")
    }
  }

  /// The binary need not be installed to see whether systemd understands the units.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyzer)))
  func systemdUnderstandsTheUnits() throws {
    let folder = try TemporaryFolder()
    let service = try text("packaging/systemd/mailmove@.service")
      .replacing("/usr/bin/mailmove", with: "/bin/true")
    let units = [
      try folder.file("mailmove@alice.service", service),
      try folder.file("mailmove@alice.timer", try text("packaging/systemd/mailmove@.timer")),
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.analyzer)
    process.arguments = ["verify"] + units
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let complaints = String(decoding: said, as: UTF8.self).split(separator: "\n")
      .filter { $0.contains("mailmove@") }
    #expect(complaints.isEmpty, "\(complaints)")
    #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }
}
