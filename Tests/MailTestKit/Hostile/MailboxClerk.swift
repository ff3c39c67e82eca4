// mailmove: what a plain IMAP server does with a command.
// SPDX-License-Identifier: Apache-2.0

/// Carries out commands on an account in memory, as RFC 9051 has it.
struct MailboxClerk {
  let account: MemoryAccount
  let manner: MemoryIMAPServer.Manner
  /// The mailbox the connection has open.
  let selected: String?

  /// nil: nothing special about it.
  func answer(_ request: ScriptedIMAPServer.Request) -> IMAPAnswer? {
    let words = Array(IMAPWords(request.text).words.dropFirst())
    switch request.name {
    case "LIST", "LSUB": return list(as: request.name, words)
    case "STATUS": return status(words)
    case "SELECT", "EXAMINE": return open(words, isReadOnly: request.name == "EXAMINE")
    case "CREATE":
      return IMAPAnswer(account.create(words[0]) ? "OK done" : "NO [ALREADYEXISTS] it exists")
    case "APPEND": return append(words, request.literals)
    case "NOOP": return IMAPAnswer(exists)
    case "UID FETCH": return fetch(Array(words.dropFirst()))
    case "UID STORE": return store(Array(words.dropFirst()))
    case "UID SEARCH":
      return IMAPAnswer([
        "* SEARCH" + (mailbox?.messages.map { " \($0.uid)" }.joined() ?? "")
      ])
    case "UID EXPUNGE": return expunge(words[1])
    default: return nil
    }
  }

  /// The mailbox that a command leaves open, empty if none; nil: the same as before.
  func opened(by request: ScriptedIMAPServer.Request) -> String? {
    switch request.name {
    case "SELECT", "EXAMINE":
      let name = IMAPWords(request.text).words[1]
      return account[name] == nil ? "" : MemoryAccount.canonical(name)
    case "UNSELECT": return ""
    default: return nil
    }
  }

  private var mailbox: MemoryAccount.Mailbox? { selected.flatMap { account[$0] } }

  private var exists: [String] { mailbox.map { ["* \($0.messages.count) EXISTS"] } ?? [] }

  private func uidValidity(_ mailbox: MemoryAccount.Mailbox) -> UInt32 {
    manner.hidesUIDValidity ? 0 : mailbox.uidValidity
  }

  private func list(as name: String, _ words: [String]) -> IMAPAnswer {
    guard words.last != "" else { return IMAPAnswer([#"* LIST (\Noselect) "/" """#]) }
    return IMAPAnswer(
      account.mailboxes.keys.sorted().map { #"* \#(name) (\HasNoChildren) "/" "\#($0)""# })
  }

  private func status(_ words: [String]) -> IMAPAnswer {
    guard let mailbox = account[words[0]] else {
      return IMAPAnswer("NO [NONEXISTENT] no such mailbox")
    }
    return IMAPAnswer([
      "* STATUS \"\(words[0])\" (MESSAGES \(mailbox.messages.count) UIDNEXT \(mailbox.uidNext) "
        + "UIDVALIDITY \(uidValidity(mailbox)))"
    ])
  }

  private func open(_ words: [String], isReadOnly: Bool) -> IMAPAnswer {
    guard let mailbox = account[words[0]] else {
      return IMAPAnswer("NO [NONEXISTENT] no such mailbox")
    }
    return IMAPAnswer(
      [
        #"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)"#,
        "* \(mailbox.messages.count) EXISTS", "* 0 RECENT",
        "* OK [UIDVALIDITY \(uidValidity(mailbox))] valid",
        "* OK [UIDNEXT \(mailbox.uidNext)] next",
        "* OK [PERMANENTFLAGS (\(manner.permanentFlags))] kept",
      ], final: isReadOnly ? "OK [READ-ONLY] done" : "OK [READ-WRITE] done")
  }

  private func append(_ words: [String], _ literals: [[UInt8]]) -> IMAPAnswer {
    guard let mailbox = account[words[0]] else {
      return IMAPAnswer("NO [TRYCREATE] no such mailbox")
    }
    let messages = Self.messages(words, literals)
    if let refusal = messages.lazy.compactMap(manner.refuses).first { return IMAPAnswer(refusal) }
    guard let uids = account.append(messages.map(manner.keeps), to: words[0]) else {
      return IMAPAnswer("NO gone")
    }
    let code =
      manner.tellsUIDs && !uids.isEmpty
      ? "[APPENDUID \(uidValidity(mailbox)) \(uids[0]):\(uids[uids.count - 1])] " : ""
    return IMAPAnswer(
      selected == MemoryAccount.canonical(words[0]) ? exists : [], final: "OK \(code)done")
  }

  /// The date of a message that comes without one.
  static let dateOfAppending = "24-Nov-2026 12:00:00 +0000"

  private static func messages(_ words: [String], _ literals: [[UInt8]]) -> [SampleMessage] {
    var messages: [SampleMessage] = []
    var flags: [String] = []
    var date = dateOfAppending
    for word in words.dropFirst() {
      if word.hasPrefix("(") {
        flags = IMAPWords.members(of: word)
      } else if word.hasPrefix("{") {
        messages.append(
          SampleMessage(
            bytes: literals[messages.count], flags: flags, internalDate: date, mailbox: words[0]))
        flags = []
        date = dateOfAppending
      } else {
        date = word
      }
    }
    return messages
  }

  private func fetch(_ words: [String]) -> IMAPAnswer {
    guard let mailbox else { return IMAPAnswer("BAD no mailbox is open") }
    let last = mailbox.messages.last?.uid ?? 0
    var answer = IMAPAnswer()
    for (index, stored) in mailbox.messages.enumerated()
    where IMAPWords.contains(stored.uid, in: words[0], last: last) {
      answer.responses.append(Self.response(index + 1, stored, items: words[1].uppercased()))
    }
    return answer
  }

  private static func response(
    _ number: Int, _ stored: MemoryAccount.Stored, items: String
  ) -> [UInt8] {
    let message = stored.message
    var text = "* \(number) FETCH (UID \(stored.uid)"
    if items.contains("FLAGS") { text += " FLAGS (\(message.flags.joined(separator: " ")))" }
    if items.contains("INTERNALDATE") { text += " INTERNALDATE \"\(message.internalDate)\"" }
    if items.contains("RFC822.SIZE") { text += " RFC822.SIZE \(message.bytes.count)" }
    guard items.contains("BODY.PEEK[") else { return Array((text + ")\r\n").utf8) }
    let isWhole = items.contains("BODY.PEEK[]")
    let content = isWhole ? message.bytes : header(of: message.bytes)
    text += (isWhole ? " BODY[]" : " BODY[HEADER.FIELDS (ALL)]") + " {\(content.count)}\r\n"
    return Array(text.utf8) + content + Array(")\r\n".utf8)
  }

  private static func header(of bytes: [UInt8]) -> [UInt8] {
    bytes.firstRange(of: Array("\r\n\r\n".utf8)).map { Array(bytes[..<$0.upperBound]) } ?? bytes
  }

  private func store(_ words: [String]) -> IMAPAnswer {
    guard let selected, let last = mailbox?.messages.last?.uid else {
      return IMAPAnswer("BAD no mailbox is open")
    }
    let flags = IMAPWords.members(of: words[2])
    account.change(selected) { mailbox in
      for index in mailbox.messages.indices
      where IMAPWords.contains(mailbox.messages[index].uid, in: words[0], last: last) {
        mailbox.messages[index].message.flags.removeAll { flags.contains($0) }
        if words[1].hasPrefix("+") { mailbox.messages[index].message.flags += flags }
      }
    }
    return IMAPAnswer()
  }

  private func expunge(_ set: String) -> IMAPAnswer {
    guard let selected, let mailbox else { return IMAPAnswer("BAD no mailbox is open") }
    let last = mailbox.messages.last?.uid ?? 0
    var answer = IMAPAnswer()
    for (index, stored) in mailbox.messages.enumerated().reversed()
    where IMAPWords.contains(stored.uid, in: set, last: last)
      && stored.message.flags.contains(#"\Deleted"#)
    {
      account.change(selected) { $0.messages.remove(at: index) }
      answer.responses.append(Array("* \(index + 1) EXPUNGE\r\n".utf8))
    }
    return answer
  }
}
