// mailmove: closing what was opened, however the work on it ends.
// SPDX-License-Identifier: Apache-2.0

/// Does some work, then closes what it was done with, whether it went well or not.
func closing<Result>(
  _ close: () async -> Void, after work: () async throws -> Result
) async throws -> Result {
  do {
    let result = try await work()
    await close()
    return result
  } catch {
    await close()
    throw error
  }
}
