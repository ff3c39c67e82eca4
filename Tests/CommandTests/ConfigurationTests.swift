// mailmove: tests of the configuration file.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct ConfigurationTests {
  private static let good = """
    version: 1
    defaults:
      lanes: 2
      exclude: [Trash, "News/*"]
    jobs:
      alice:
        source: imaps://alice@old.example.org
        target: imaps://alice@new.example.org
        source-password-file: /a
        full: yes
        map:
          - Old=Archive/Old
    """

  @Test func readsDefaultsAndJobs() throws {
    let configuration = try Configuration(Self.good, file: "config.yaml")
    let job = try configuration.job(named: "alice")
    #expect(job.source.text == "imaps://alice@old.example.org")
    #expect("\(job.target.position)" == "config.yaml:8:13")
    let settings = Settings([job.choices, configuration.defaults])
    #expect(settings.number(.lanes) == 2)
    #expect(settings.list(.exclude) == ["Trash", "News/*"])
    #expect(settings.list(.map) == ["Old=Archive/Old"])
    #expect(settings.isOn(.full))
    #expect(settings.text(.passwordFile.of(.source)) == "/a")
  }

  @Test func anEmptyFileSaysNothing() throws {
    #expect(try Configuration("", file: "c").names.isEmpty)
    #expect(try Configuration("# nothing\n", file: "c").names.isEmpty)
  }

  @Test(
    arguments: [
      ("version: 1\nlanes: 2\n", "config.yaml:2:1: 'lanes' is not a key"),
      ("version: 1\ndefualts:\n  lanes: 2\n", "config.yaml:2:1: 'defualts'"),
      ("version: 2\n", "config.yaml:1:10: version:"),
      ("jobs: {}\n", "config.yaml:1:1: 'version: 1' is missing"),
      ("- a\n", "config.yaml:1:1: the file: expected 'key: value' lines"),
      ("version: 1\ndefaults:\n  lane: 2\n", "config.yaml:3:3: 'lane' is not a key"),
      (
        "version: 1\ndefaults:\n  lanes: many\n",
        "config.yaml:3:10: lanes: expected a number from 1 to 16, got 'many'"
      ),
      (
        "version: 1\ndefaults:\n  full: perhaps\n",
        "config.yaml:3:9: full: expected yes or no"
      ),
      ("version: 1\ndefaults:\n  lanes: [1, 2]\n", "config.yaml:3:10: lanes: expected N"),
      ("version: 1\ndefaults:\n  lanes:\n", "config.yaml:3:9: lanes: expected N, got nothing"),
      (
        "version: 1\ndefaults:\n  map: [a=b, c]\n",
        "config.yaml:3:14: map: expected FROM=TO, got 'c'"
      ),
      (
        "version: 1\ndefaults:\n  source-password: hunter2\n",
        "config.yaml:3:3: source-password: a password does not belong in this file"
      ),
      (
        "version: 1\ndefaults:\n  config: x\n", "config.yaml:3:3: 'config' is not a key"
      ),
      ("version: 1\nversion: 1\n", "config.yaml:1:1: 'version' stands twice among the keys"),
      (
        "version: 1\njobs:\n  a:\n    source: imaps://a@h\n",
        "config.yaml:3:3: job 'a' has no target"
      ),
      (
        "version: 1\njobs:\n  a:\n    source: [x]\n",
        "config.yaml:4:13: source: expected an address"
      ),
      ("version: 1\njobs:\n  ../a: {}\n", "config.yaml:3:3: a job's name has letters"),
      ("version: 1\n\tlanes: 1\n", "config.yaml:2:1: not valid YAML:"),
      ("version: 1\ndefaults: {\n", "config.yaml:3:1: not valid YAML:"),
    ])
  func everyComplaintHasLineAndColumn(text: String, beginning: String) {
    let error = #expect(throws: UsageError.self) {
      let configuration = try Configuration(text, file: "config.yaml")
      for name in configuration.names { _ = try configuration.job(named: name) }
    }
    #expect(error?.message.hasPrefix(beginning) == true, "\(error?.message ?? "")")
    #expect("\(error?.description ?? "")".contains("hunter2") == false)
  }

  @Test func whatIsWrongWithAJobKeepsThatJobAloneFromRunning() throws {
    let text = """
      version: 1
      jobs:
        zoe: {source: imaps://z@h, target: imaps://z@i}
        bob: {source: imaps://b@h, target: imaps://b@i, lanes: many}
        ann: {source: imaps://a@h, target: imaps://a@i}
      """
    let configuration = try Configuration(text, file: "c")
    #expect(configuration.names == ["zoe", "bob", "ann"])
    #expect(try configuration.job(named: "zoe").source.text == "imaps://z@h")
    #expect(try configuration.job(named: "ann").source.text == "imaps://a@h")
    let error = #expect(throws: UsageError.self) { try configuration.job(named: "bob") }
    #expect(error?.message == "c:4:58: lanes: expected a number from 1 to 16, got 'many'")
  }

  @Test func suggestsTheKeyAndTheJobThatWereMeant() throws {
    let error = #expect(throws: UsageError.self) {
      try Configuration("version: 1\ndefaults:\n  includ: x\n", file: "c")
    }
    #expect(error?.hint == "did you mean 'include'?")
    let configuration = try Configuration(Self.good, file: "c")
    let missing = #expect(throws: UsageError.self) { try configuration.job(named: "alcie") }
    #expect(missing?.hint == "did you mean 'alice'?")
    let unknown = #expect(throws: UsageError.self) { try configuration.job(named: "zzzzzz") }
    #expect(unknown?.hint == "the jobs are alice")
  }

  @Test func aBadAddressInTheFileIsToldWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let text = "version: 1\njobs:\n  a:\n    source: imaps://a:secret@h\n    target: imaps://b@h\n"
    let file = try folder.file("config.yaml", text)
    let request = try JobRequest(
      "a", nil, options: [], environment: ["MAILMOVE_CONFIG": file, "HOME": folder.path])
    let error = #expect(throws: UsageError.self) { try JobDraft(request) }
    #expect(error?.message.hasPrefix("\(file):4:13: source: a password does not belong") == true)
    #expect("\(error?.description ?? "")".contains("secret@") == false)
  }
}
