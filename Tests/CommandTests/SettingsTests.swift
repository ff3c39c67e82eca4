// mailmove: tests of settings.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MailWire
import SyncEngine
import Testing

@testable import MailCommands
@testable import MailJobs

@Suite struct SettingsTests {
  private static let pin = "sha256:" + String(repeating: "aB", count: 32)

  /// A value each kind takes, and one it does not.
  private static func values(of kind: SettingKind) -> (good: String, bad: String?) {
    switch kind {
    case .text, .texts: ("x", nil)
    case .pins: (pin, "sha1:00")
    case .mappings: ("a=b", "a")
    case .choice(let values): (values.last ?? "", "no-such-word")
    case .number(let range): ("\(range.upperBound)", "\(range.upperBound + 1)")
    case .age: ("30d", "30")
    case .toggle: ("yes", "perhaps")
    }
  }

  private static func arguments(for settings: [Setting]) -> [String] {
    settings.flatMap { setting in
      setting.kind == .toggle
        ? [setting.option] : [setting.option, values(of: setting.kind).good]
    }
  }

  @Test func everySettingOfAJobIsAnOption() throws {
    let settings = Setting.ofJobs.filter { $0.places.contains(.option) && $0 != .level }
    let arguments = ["sync", "imaps://a@h", "imaps://b@h"] + Self.arguments(for: settings)
    let sync = try #require(try MailMoveCommand.parseAsRoot(arguments) as? SyncCommand)
    let given = try sync.choices()
    #expect(Set(given.map(\.setting)) == Set(settings))
    for choice in given {
      #expect(choice.values == [Self.values(of: choice.setting.kind).good], "\(choice.origin)")
    }
  }

  @Test func theLevelIsAnOptionOfVerify() throws {
    let arguments = ["verify", "imaps://a@h", "imaps://b@h", "--level", "bytes"]
    let verify = try #require(try MailMoveCommand.parseAsRoot(arguments) as? VerifyCommand)
    #expect(try verify.choices().map(\.setting) == [.level])
  }

  @Test func everySettingOfAServerIsAnOptionOfProbe() throws {
    let settings = Setting.endpoint.map { $0.of(.alone) }.filter { $0.places.contains(.option) }
    let arguments = ["probe", "imaps://h"] + Self.arguments(for: settings)
    let probe = try #require(try MailMoveCommand.parseAsRoot(arguments) as? ProbeCommand)
    var given = GivenOptions()
    try probe.server.collect(into: &given)
    #expect(Set(given.choices.map(\.setting)) == Set(settings))
  }

  @Test func noOptionTakesAPasswordItself() {
    #expect(
      Setting.all.filter(\.isSecret).map(\.variable) == [
        "MAILMOVE_SOURCE_PASSWORD", "MAILMOVE_TARGET_PASSWORD", "MAILMOVE_PASSWORD",
      ])
  }

  @Test(arguments: Setting.all.map(\.name))
  func aBadValueIsRefusedWithItsVariable(name: String) throws {
    let setting = try #require(Setting.all.first { $0.name == name })
    let (good, bad) = Self.values(of: setting.kind)
    #expect(throws: Never.self) {
      try Settings.choices(in: [setting.variable: good], of: [setting])
    }
    guard let bad else { return }
    let error = #expect(throws: UsageError.self) {
      try Settings.choices(in: [setting.variable: bad], of: [setting])
    }
    #expect(error?.message.hasPrefix("\(setting.variable): expected") == true)
  }

  @Test func optionComesBeforeVariableBeforeFile() throws {
    let position = FilePosition(file: "config.yaml", line: 1, column: 1)
    let option = try Choice(.lanes, ["1"], from: .option(.lanes))
    let variable = try Choice(.lanes, ["2"], from: .environment(.lanes))
    let file = try Choice(.lanes, ["3"], from: .file(position, key: "lanes"))
    #expect(Settings([[option], [variable], [file]]).number(.lanes) == 1)
    #expect(Settings([[], [variable], [file]]).number(.lanes) == 2)
    #expect(Settings([[], [], [file]]).number(.lanes) == 3)
    #expect(Settings([]).number(.lanes) == nil)
  }

  @Test func aSecretOfAStrongerPlaceReplacesAnyOther() throws {
    let file = Setting.passwordFile.of(.source)
    let command = Setting.passwordCommand.of(.source)
    let weak = try Choice(command, ["pass"], from: .environment(command))
    let strong = try Choice(file, ["f"], from: .option(file))
    #expect(
      try SecretSource(Settings([[strong], [weak]]), at: .source) == .passwordFile("f"))
    #expect(throws: UsageError.self) {
      try SecretSource(Settings([[strong, weak]]), at: .source)
    }
    #expect(try SecretSource(Settings([]), at: .source) == .passwordPrompt)
  }

  @Test(arguments: LoginMethod.allCases)
  func aMechanismThatCannotSayTheSecretIsRefused(_ method: LoginMethod) throws {
    let mechanism = Setting.mechanism.of(.source)
    let chosen = try Choice(mechanism, [method.rawValue], from: .option(mechanism))
    for secret in [Setting.passwordFile, .tokenFile].map({ $0.of(.source) }) {
      let settings = Settings([[chosen, try Choice(secret, ["f"], from: .option(secret))]])
      let fits = (secret == Setting.tokenFile.of(.source)) == (method.credential == .token)
      if fits {
        let draft = try EndpointDraft("imaps://a@h", at: .source, settings: settings)
        #expect(draft.endpoint.mechanism == method)
      } else {
        let error = #expect(throws: UsageError.self) {
          try EndpointDraft("imaps://a@h", at: .source, settings: settings)
        }
        #expect(error?.message.contains("--source-mechanism: '\(method.rawValue)'") == true)
      }
    }
  }

  @Test func aListInAVariableHasAnItemALine() throws {
    let choices = try Settings.choices(
      in: ["MAILMOVE_INCLUDE": "a, b\nc\n"], of: [.include])
    #expect(choices.first?.values == ["a, b", "c"])
    #expect(try Settings.choices(in: ["MAILMOVE_INCLUDE": ""], of: [.include]).isEmpty)
  }

  @Test(
    arguments: [
      ("lane", "lanes"), ("includ", "include"), ("soruce-tls-ca", "source-tls-ca"),
      ("source-pasword-file", "source-password-file"),
    ])
  func findsWhatWasMeant(typed: String, meant: String) {
    let found = Suggestion.closest(to: typed, in: Setting.all.map(\.name))
    #expect(found == "did you mean '\(meant)'?")
  }

  @Test func doesNotGuessWildly() {
    #expect(Suggestion.closest(to: "x", in: Setting.all.map(\.name)) == nil)
    #expect(Suggestion.distance("kitten", "sitting") == 3)
    #expect(Suggestion.distance("ab", "ba") == 1)
    #expect(Suggestion.distance("", "abc") == 3)
  }

  @Test func optionsOfARunReachTheEngine() throws {
    let names: [(Setting, String)] = [
      (.flags, "source"), (.full, "yes"), (.retrySkipped, "yes"), (.recopyLost, "yes"),
      (.lanes, "4"), (.deleteSource, "flag-only"), (.olderThan, "2w"),
      (.confirmDeletes, "7"), (.trustRewritten, "yes"),
    ]
    let options = RunOptions(
      Settings([try names.map { try Choice($0.0, [$0.1], from: .option($0.0)) }]),
      now: 2_000_000)
    #expect(options.flagPolicy == .source)
    #expect(options.listsInFull && options.retriesSkipped && options.recopiesLost)
    #expect(options.lanes == 4)
    #expect(
      options.removal
        == Removal(
          manner: .flagOnly, before: 2_000_000 - 14 * 86_400, confirmed: 7, trustsRewritten: true))
    var unsaid = RunOptions()
    unsaid.lanes = nil
    #expect(RunOptions(Settings([]), now: 0) == unsaid)
  }
}
