// mailmove: every hostile server, in the order of the page.
// SPDX-License-Identifier: Apache-2.0

extension HostileCase {
  static let all = imapSource + imapTarget + pop3Source

  static let imapSource = sourceConnections + sourceSpeech
  static let sourceSpeech = sourceSizes + sourceAnswers + sourceOddities
  static let imapTarget = targetConnections + targetLies + targetRefusals + targetOddities
  static let pop3Source = pop3Connections + pop3Listings + pop3Texts + pop3Removals
}
