// mailmove: fuzzing the configuration file.
// SPDX-License-Identifier: Apache-2.0

@testable import MailJobs

/// A file is read, or the error begins with the file, the line and the column.
enum ConfigurationTarget {
  private static let file = "config.yaml"

  static func run(_ input: FuzzInput) {
    guard let text = String(validating: input.rest, as: UTF8.self) else { return }
    do throws(UsageError) {
      let configuration = try Configuration(text, file: file)
      for name in configuration.names {
        do throws(UsageError) {
          let job = try configuration.job(named: name)
          Finding.unless(!job.source.text.isEmpty, "a job has an empty address")
          _ = Settings([job.choices, configuration.defaults])
        } catch {
          check(error)
        }
      }
    } catch {
      check(error)
    }
  }

  private static func check(_ error: UsageError) {
    let parts = error.message.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    Finding.unless(parts.first == Substring(file), "an error does not name the file")
    Finding.unlessVisible(error.description, "an error")
    // The reader of YAML has no position for bytes that are no text.
    if error.message.contains("not valid YAML: "), parts.count < 4 { return }
    guard parts.count == 4, let line = Int(parts[1]), let column = Int(parts[2]) else {
      Finding.unless(false, "an error has no line and column: \(error.message)")
      return
    }
    Finding.unless(line >= 1 && column >= 1, "lines and columns count from 1: \(error.message)")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ConfigurationTarget.run(FuzzInput(start, count))
  return 0
}
