// mailmove: what a setting takes.
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import MailWire

/// What a setting takes, and the check of it.
package enum SettingKind: Sendable, Hashable {
  /// One text; what stands for it in help.
  case text(String)
  /// Several texts, each checked alone.
  case texts(String)
  /// Several `sha256:HEX`.
  case pins
  /// Several `FROM=TO`.
  case mappings
  case choice([String])
  case number(ClosedRange<Int>)
  /// A number of days, weeks, months or years.
  case age
  case toggle

  var isList: Bool {
    switch self {
    case .texts, .pins, .mappings: true
    case .text, .choice, .number, .age, .toggle: false
    }
  }

  /// What stands for the value in help.
  package var placeholder: String {
    switch self {
    case .text(let name), .texts(let name): name
    case .pins: "sha256:HEX"
    case .mappings: "FROM=TO"
    case .choice(let values): values.joined(separator: "|")
    case .number: "N"
    case .age: "AGE"
    case .toggle: "yes|no"
    }
  }

  /// Checks one value; throws a sentence about it that does not say where it stood.
  package func check(_ value: String) throws(UsageError) {
    switch self {
    case .text, .texts:
      if value.isEmpty { throw UsageError("expected \(placeholder), got nothing") }
    case .pins:
      if SHA256Digest(pin: value) == nil {
        throw UsageError(
          "expected sha256: and 64 hexadecimal digits, got \(Self.shown(value))",
          hint: "'mailmove probe' shows the pin of a server")
      }
    case .mappings: try Self.checkMapping(value)
    case .choice(let values):
      if !values.contains(value) {
        throw UsageError(
          "expected \(Self.list(values)), got \(Self.shown(value))",
          hint: Suggestion.closest(to: value, in: values))
      }
    case .number(let range):
      if Int(value).map(range.contains) != true {
        throw UsageError(
          "expected a number from \(range.lowerBound) to \(range.upperBound), "
            + "got \(Self.shown(value))")
      }
    case .age:
      if Age(value) == nil {
        throw UsageError("expected an age such as 30d, 8w, 6m or 2y, got \(Self.shown(value))")
      }
    case .toggle: _ = try Self.truth(value)
    }
  }

  private static func checkMapping(_ text: String) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw UsageError("expected FROM=TO, got \(shown(text))")
    }
  }

  static func truth(_ text: String) throws(UsageError) -> Bool {
    switch text.lowercased() {
    case "yes", "true", "on", "1": return true
    case "no", "false", "off", "0": return false
    default: throw UsageError("expected yes or no, got \(shown(text))")
    }
  }

  private static func list(_ values: [String]) -> String {
    guard let last = values.last, values.count > 1 else { return values.first ?? "" }
    return values.dropLast().joined(separator: ", ") + " or " + last
  }

  /// A value as a sentence shows it: on one line, not too long.
  private static func shown(_ value: String) -> String {
    let visible = SafeText.visible(value)
    return visible.isEmpty ? "nothing" : "'\(visible.prefix(40))\(visible.count > 40 ? "…" : "")'"
  }
}
