// mailmove: fuzzing addresses.
// SPDX-License-Identifier: Apache-2.0

/// An address that is taken can be written down and typed again, and an error gives nothing away.
enum EndpointURLTarget {
  static func run(_ input: FuzzInput) {
    let text = String(decoding: input.rest, as: UTF8.self)
    let url: EndpointURL
    do throws(EndpointURLError) { url = try EndpointURL(text) } catch {
      checkError(error, about: text)
      return
    }
    Finding.unless(
      (try? EndpointURL(url.description)) == url, "what is shown of an address is another address")
    Finding.unless(
      (try? EndpointURL(url.description))?.identity == url.identity,
      "the same account has two identities")
    if url.scheme == .archive {
      Finding.unless(url.path.utf8.first == UInt8(ascii: "/"), "a path is not absolute")
      return
    }
    Finding.unless((1...65_535).contains(url.port), "there is no such port")
    Finding.unless(!url.host.isEmpty, "a host is empty")
    Finding.unless(
      url.host.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "@" },
      "a host has a character that no host has")
    Finding.unless(url.user?.isEmpty != true, "a user is empty")
    Finding.unlessVisible(url.user ?? "", "a user")
    Finding.unlessVisible(url.description, "an address")
  }

  /// What stands between the scheme and the host may be a password.
  private static func checkError(_ error: EndpointURLError, about text: String) {
    let parts = text.split(separator: ":")
    guard let scheme = parts.first?.lowercased(),
      let secret = parts.dropFirst(2).first?.split(separator: "@").first,
      secret.utf8.count > 40, !scheme.contains(secret.lowercased())
    else { return }
    Finding.unless(!error.description.contains(secret), "an error repeats what may be a password")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  EndpointURLTarget.run(FuzzInput(start, count))
  return 0
}
