// mailmove: cleaning up after a laboratory whose process died.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A small shell that ends the server and removes its folder when this process dies without
/// doing so, whatever killed it: the pipe it reads from breaks.
final class LabGuard: @unchecked Sendable {
  private let shell: ChildProcess
  private let pipeEnd: Int32

  init(server: pid_t, folder: String) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw LabError("no pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    pipeEnd = ends[1]
    let script = """
      read -r word
      [ "$word" = done ] && exit 0
      kill -s TERM -- "-$1"
      n=0
      while kill -0 "$1" && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
      kill -s KILL -- "-$1"
      rm -rf -- "$2"
      """
    shell = try ChildProcess(
      ["/bin/sh", "-c", script, "mailmove-lab-guard", String(server), folder], input: ends[0])
  }

  /// Sends the guard home: the server has ended and nothing is left to remove.
  func dismiss() {
    let word = Array("done\n".utf8)
    _ = write(pipeEnd, word, word.count)
    close(pipeEnd)
    _ = shell.wait(seconds: 5)
  }
}
