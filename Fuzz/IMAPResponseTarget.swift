// mailmove: fuzzing what reads the responses of an IMAP server.
// SPDX-License-Identifier: Apache-2.0

@testable import MailWire

/// Any response can be read, means the same whatever came before it, and shows nothing harmful.
enum IMAPResponseTarget {
  private static let repeatedBytesMax = 16 << 10

  static func run(_ input: FuzzInput) {
    var input = input
    let isRepeated = input.byte() == 0xFF
    let stream = isRepeated ? input.repeated(upTo: repeatedBytesMax) : input.bytes
    var framer = Framer(literalBytesMax: 1_024)
    framer.feed(stream + [0x0D, 0x0A])
    var parser = ResponseParser()
    while let frame = try? framer.next() {
      let response = try? parser.parse(frame)
      var other = ResponseParser()
      Finding.unless(
        (try? other.parse(frame)) == response, "what came before changes what a response means")
      response.map(check)
    }
  }

  private static func check(_ response: Response) {
    switch response {
    case .tagged(let tag, let status):
      Finding.unless(!tag.isEmpty, "a tag is empty")
      check(status)
    case .untagged(let status): check(status)
    case .unknown(let name): Finding.unlessVisible(name, "the name of an unknown response")
    case .list(let row): check(row.name)
    case .status(let name, _): check(name)
    case .vanished(let set, earlier: _): check(set)
    case .fetch(let data): check(data)
    case .esearch(let result): result.all.map(check)
    case .continuation, .capability, .enabled, .namespace, .flags, .exists, .recent, .expunge,
      .search, .quotaRoot, .quota, .id:
      break
    }
  }

  private static func check(_ status: StatusResponse) {
    Finding.unlessVisible(status.text, "the text of a status response")
  }

  private static func check(_ name: MailboxName) {
    Finding.unlessVisible(name.description, "the name of a mailbox")
  }

  private static func check(_ set: UIDSet) {
    var parser = ResponseParser()
    let text = Array("* VANISHED \(set)".utf8)
    guard !set.isEmpty else { return }
    Finding.unless(
      (try? parser.parse(Frame(text: text))) == .vanished(set, earlier: false),
      "a set of UIDs does not come back")
  }

  private static func check(_ data: FetchData) {
    if let date = data.internalDate {
      Finding.unless(
        (-1_439...1_439).contains(date.zoneMinutes), "a date is in a zone that there is not")
    }
    if let header = data.header { _ = HeaderFields(header).value(of: "message-id") }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  IMAPResponseTarget.run(FuzzInput(start, count))
  return 0
}
