// mailmove: kinds of sample messages.
// SPDX-License-Identifier: Apache-2.0

/// Every way a message of the sample can be built.
enum SampleKind: CaseIterable {
  case plainASCII, utf8Body, quotedPrintable, latin1Body, rawHeaders, alternative
  case attachment, headerOnly, headerWithoutEnd, noMessageID, sameMessageID, sameBytesAgain
  case longLine, dotsAndFrom, emptySubject, noFinalLineEnd, encodedHeaders, binaryBody
  case manyHeaders, carriageReturn, forwarded, trailingBlankLines, bigAttachment
}
