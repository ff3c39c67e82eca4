// mailmove: programs the laboratory starts.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds installed programs, in `PATH` and where Debian keeps those of the administrator.
enum Program {
  static func path(of name: String, package: String) throws -> String {
    let search = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let folders = search.map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/usr/bin", "/bin"]
    for folder in folders where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw LabError("\(name) is not installed; on Debian: apt-get install \(package)")
  }
}
