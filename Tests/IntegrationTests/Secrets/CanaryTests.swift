// mailmove: planted secrets, and where they do not turn up.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MailTestKit
import Testing

/// Invariant 12, end to end: everything a run leaves behind is searched.
@Suite("Secrets that were planted", .serialized)
struct CanaryTests {
  /// How the secret gets to the run.
  enum Delivery: CaseIterable { case file, command, environment }
  static let authority = Result { try CertificateAuthority(name: "mailmove canaries") }
  static let identity = Result { try authority.get().issue() }

  /// In what the run has said and left behind, except where the secret was put by the test.
  func traces(
    of canary: Canary, after ended: BinaryRun.Ended, in folder: TemporaryFolder
  ) throws -> [String] {
    var found = canary.forms(in: ended.output).map { "output: \($0)" }
    found += canary.forms(in: ended.errors).map { "errors: \($0)" }
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where !name.hasPrefix("given/") {
      let path = folder.file(name)
      let kind = try FileManager.default.attributesOfItem(atPath: path)[.type]
      guard kind as? FileAttributeType == .typeRegular else { continue }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      found += canary.forms(in: bytes).map { "\(name): \($0)" }
    }
    return found
  }

  /// Puts the secret where it is given from; the options and variables that say so.
  private func give(
    _ canary: Canary, as kind: String, by delivery: Delivery, in folder: TemporaryFolder
  ) throws -> (options: [String], environment: [String: String]) {
    let given = folder.file("given")
    try FileManager.default.createDirectory(
      atPath: given, withIntermediateDirectories: true)
    let file = given + "/secret"
    try canary.text.write(toFile: file, atomically: true, encoding: .utf8)
    chmod(file, 0o600)
    switch delivery {
    case .file: return (["--source-\(kind)-file", file], [:])
    case .command:
      // The child notes what it knows: our arguments, and its own surroundings.
      let spy =
        "tr '\\0' '\\n' < /proc/$PPID/cmdline >> '\(folder.path)/arguments'; "
        + "tr '\\0' '\\n' < /proc/self/environ >> '\(folder.path)/environment'; cat '\(file)'"
      return (["--source-\(kind)-command", spy], [:])
    case .environment: return ([], ["MAILMOVE_SOURCE_PASSWORD": canary.text])
    }
  }

  func options(_ folder: TemporaryFolder) throws -> [String] {
    [
      "--source-tls-ca", try Self.authority.get().write(into: folder.path),
      "--state", folder.file("state"), "--metrics-file", folder.file("metrics.prom"),
    ]
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)), arguments: CanaryCase.all, ["-v", "--json"])
  func turnUpNowhereWhenALoginGoesWrong(row: CanaryCase, manner: String) async throws {
    let imap: ScriptedIMAPServer?
    let pop3: ScriptedPOP3Server?
    let url: String
    switch row.server {
    case .imap(let capabilities, let answer):
      let server = try ScriptedIMAPServer(
        Self.identity.get(), capabilities: capabilities, answer: answer)
      (imap, pop3) = (server, nil)
      url = "imaps://anna@localhost:\(server.port)"
    case .pop3(let capabilities, let answer):
      let server = try ScriptedPOP3Server(
        Self.identity.get(), capabilities: capabilities, answer: answer)
      (imap, pop3) = (nil, server)
      url = "pop3s://anna@localhost:\(server.port)"
    }
    let canary = row.usesToken ? CanaryCase.token : CanaryCase.password
    let run = try BinaryRun()
    let given = try give(
      canary, as: row.usesToken ? "token" : "password",
      by: row.usesToken ? .file : manner == "-v" ? .environment : .command, in: run.folder)
    let archive = "archive:" + run.folder.file("archive")
    let ended = try await run.run(
      ["sync", url, archive, manner] + options(run.folder) + given.options, given.environment)
    imap?.stop()
    pop3?.stop()
    #expect(ended.exit == row.exit, "\(ended)")
    #expect(!ended.errors.isEmpty || !ended.output.isEmpty)
    #expect(try traces(of: canary, after: ended, in: run.folder) == [])
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)), arguments: ["imaps", "pop3s"],
    Delivery.allCases)
  func turnUpNowhereWhenAllGoesWell(scheme: String, delivery: Delivery) async throws {
    let canary = CanaryCase.password
    var dovecot = DovecotOptions()
    dovecot.users = [.init(name: "hanna", password: canary.text)]
    dovecot.authority = try Self.authority.get()
    let lab = try DovecotLab(dovecot)
    defer { lab.stop() }
    try LabClient(lab).fill(with: SampleMailbox(count: 8, seed: 5))
    let run = try BinaryRun()
    let given = try give(canary, as: "password", by: delivery, in: run.folder)
    let port = scheme == "imaps" ? lab.ports.imaps : lab.ports.pop3s
    let command =
      [
        "\(scheme)://hanna@localhost:\(port)", "archive:" + run.folder.file("archive"),
      ] + (try options(run.folder)) + given.options
    for words in [["sync", "-v"], ["sync", "--json", "--full"], ["verify"]] {
      let more = words[0] == "verify" ? command.filter { $0 != "--metrics-file" } : command
      let arguments = more.filter { words[0] != "verify" || !$0.hasSuffix("metrics.prom") }
      let ended = try await run.run(words + arguments, given.environment)
      #expect(ended.exit == 0, "\(ended)")
      #expect(try traces(of: canary, after: ended, in: run.folder) == [])
    }
    for name in ["state", "archive", "metrics.prom"] {
      #expect(FileManager.default.fileExists(atPath: run.folder.file(name)))
    }
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func aCommandIsNotToldTheSecretsOfOthers() async throws {
    let run = try BinaryRun()
    let others = ["MAILMOVE_TARGET_PASSWORD", "MAILMOVE_PASSWORD"]
    var environment = ["KEPT": "for the key ring"]
    for name in others { environment[name] = CanaryCase.password.text }
    let given = try give(CanaryCase.token, as: "password", by: .command, in: run.folder)
    let ended = try await run.run(
      ["sync", "imaps://a@localhost:1", "imaps://b@localhost:1"] + options(run.folder)
        + given.options, environment)
    #expect(ended.exit == 10 || ended.exit == 11, "\(ended)")
    let known = try String(contentsOfFile: run.folder.file("environment"), encoding: .utf8)
    #expect(known.contains("KEPT=for the key ring"))
    #expect(!known.contains("_PASSWORD"), "\(known)")
    #expect(
      try String(contentsOfFile: run.folder.file("arguments"), encoding: .utf8)
        .contains("\nsync\n"))
    for canary in [CanaryCase.token, CanaryCase.password] {
      let found = try traces(of: canary, after: ended, in: run.folder)
      #expect(found == [])
    }
  }

  @Test(
    .timeLimit(.minutes(5 * Instrumentation.patience)),
    arguments: [
      ["sync", "imaps://anna:CANARY@localhost", "archive:/nowhere"],
      ["sync", "imaps://anna@localhost", "archive:/nowhere", "--source-password=CANARY"],
    ])
  func areNotRepeatedWhereTheyWereTypedByMistake(arguments: [String]) async throws {
    let canary = Canary("KanarienvogelHansi4711")
    let run = try BinaryRun()
    let ended = try await run.run(
      arguments.map { $0.replacing("CANARY", with: canary.text) },
      ["MAILMOVE_TARGET_PASSWORD": canary.text])
    #expect(ended.exit == 2, "\(ended)")
    #expect(canary.forms(in: ended.output + ended.errors) == [])
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func areNotRepeatedFromAConfigurationFile() async throws {
    let canary = CanaryCase.token
    let run = try BinaryRun()
    let file = run.folder.file("config.yaml")
    for line in [
      "source-password: \(canary.text)", "source-token-file: [\(canary.text)",
      "include: {a: \(canary.text)}",
    ] {
      try "version: 1\ndefaults:\n  \(line)\n".write(
        toFile: file, atomically: true, encoding: .utf8)
      let ended = try await run.run(["sync", "a", "--config", file])
      #expect(ended.exit == 2, "\(ended)")
      #expect(canary.forms(in: ended.output + ended.errors) == [], "\(line): \(ended)")
    }
  }

  /// A process that dies with the password in its memory leaves no picture of it behind.
  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func areInNoCoreFile() async throws {
    let run = try BinaryRun()
    let spy = "grep core /proc/$PPID/limits > '\(run.folder.path)/limits'; echo geheim"
    let ended = try await run.run(
      ["sync", "imaps://anna@localhost:1", "archive:" + run.folder.file("archive")]
        + options(run.folder) + ["--source-password-command", spy],
      shell: "ulimit -c unlimited; exec \"$@\"")
    #expect(ended.exit == 10, "\(ended)")
    let limits = try String(contentsOfFile: run.folder.file("limits"), encoding: .utf8)
    let words = limits.split(whereSeparator: \.isWhitespace)
    #expect(words.starts(with: ["Max", "core", "file", "size", "0", "0"]), "\(limits)")
  }

  @Test(.timeLimit(.minutes(5 * Instrumentation.patience)))
  func areNotShownWhenTheyAreTyped() async throws {
    let server = try ScriptedIMAPServer(Self.identity.get()) { request, _ in
      request.name == "LOGIN" ? ["NO wrong"] : nil
    }
    let run = try BinaryRun()
    // A terminal that a test can type on; it types when it is asked.
    let canary = Canary("KanarienvogelHansi4711")
    let command =
      "'\(try BuiltProgram.path)' probe imaps://anna@localhost:\(server.port) -v --tls-ca "
      + "'\(try Self.authority.get().write(into: run.folder.path))'"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = ["-qec", command, "/dev/null"]
    process.environment = BuiltProgram.environment(home: run.folder.path, ["TERM": "xterm"])
    let (keys, screen) = (Pipe(), Pipe())
    process.standardInput = keys
    process.standardOutput = screen
    try process.run()
    var seen = Data()
    while !String(decoding: seen, as: UTF8.self).contains("Password of anna at localhost") {
      let more = screen.fileHandleForReading.availableData
      if more.isEmpty { break }
      seen += more
    }
    try keys.fileHandleForWriting.write(contentsOf: Data("\(canary.text)\r".utf8))
    seen += screen.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    server.stop()
    #expect(server.texts(of: "LOGIN").contains { $0.contains(canary.text) }, "it did arrive")
    #expect(process.ending == 12, "\(String(decoding: seen, as: UTF8.self))")
    #expect(canary.forms(in: seen) == [])
  }
}
