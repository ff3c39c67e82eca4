// mailmove: asking a laboratory server whether it is ready.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Connects in clear text to see whether the server greets.
enum LabGreeting {
  /// Dovecot accepts connections before its login is up, and says so in a first line of its own;
  /// only the greeting from the configuration counts.
  static func isReady(port: UInt16) -> Bool {
    guard let descriptor = try? LabSocket.connect(port: port, timeout: 1) else { return false }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1024)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return false }
      text += chunk[..<count]
      if String(decoding: text, as: UTF8.self).contains(DovecotConfiguration.greeting) {
        return true
      }
    }
  }
}
