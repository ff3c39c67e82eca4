// mailmove: asking for a password.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import MailWire

/// Asks for a password on the terminal, which shows nothing of it.
enum PasswordPrompt {
  enum Answer: Sendable {
    case password(Secret)
    /// Ctrl-C.
    case interrupted
    /// There is nobody to ask.
    case noTerminal
  }

  static func ask(_ question: String) -> Answer {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return .noTerminal }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return .noTerminal }
    // Key by key and without signals, so that the terminal is never left without its echo.
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { return .noTerminal }
    write(question, to: terminal)
    defer {
      write("\n", to: terminal)
      tcsetattr(terminal, TCSAFLUSH, &before)
    }
    var line = PasswordLine()
    while true {
      var key: UInt8 = 0
      let count = read(terminal, &key, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return .interrupted }
      switch line.press(key) {
      case .more: continue
      case .done(let bytes): return .password(Secret(bytes))
      case .interrupted: return .interrupted
      }
    }
  }

  private static func write(_ text: String, to terminal: CInt) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes.removeFirst(count)
    }
  }
}

/// A line as it is typed, with the keys that correct it.
struct PasswordLine {
  enum Outcome: Equatable {
    case more
    case done([UInt8])
    case interrupted
  }

  private var bytes: [UInt8] = []

  mutating func press(_ key: UInt8) -> Outcome {
    switch key {
    case 0x0A, 0x0D: return .done(bytes)
    case 0x03: return .interrupted
    case 0x04: return bytes.isEmpty ? .interrupted : .done(bytes)
    case 0x08, 0x7F: eraseCharacter()
    case 0x15: bytes.removeAll()
    default: if bytes.count < SecretFile.secretBytesMax { bytes.append(key) }
    }
    return .more
  }

  /// One character of UTF-8, which may be several octets.
  private mutating func eraseCharacter() {
    while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
  }
}
