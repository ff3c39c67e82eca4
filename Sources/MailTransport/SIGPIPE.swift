// mailmove: writing to a peer that has gone.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Turns SIGPIPE off for the process, so that writing to a closed connection is an error and not
/// the end: OpenSSL writes without MSG_NOSIGNAL. To be called once, before the first connection.
package func ignoreSIGPIPE() { signal(SIGPIPE, SIG_IGN) }
