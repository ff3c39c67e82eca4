// mailmove: who a laboratory server runs as.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The user and group a throw-away server runs as: ourselves, or `nobody` when we are root.
///
/// Dovecot's mail processes refuse to work for root.
struct UnprivilegedAccount {
  let user: String
  let group: String
  let userID: uid_t
  let groupID: gid_t
  /// Words to put before a command so that it runs as this account.
  let commandPrefix: [String]

  init() throws {
    let isRoot = getuid() == 0
    guard let user = isRoot ? getpwnam("nobody") : getpwuid(getuid()) else {
      throw LabError(
        isRoot
          ? "the laboratory needs the user 'nobody' to run Dovecot as, and there is none"
          : "user id \(getuid()) has no name in /etc/passwd; Dovecot needs one")
    }
    self.user = String(cString: user.pointee.pw_name)
    userID = user.pointee.pw_uid
    groupID = isRoot ? user.pointee.pw_gid : getgid()
    guard let group = getgrgid(groupID) else {
      throw LabError("group id \(groupID) has no name in /etc/group; Dovecot needs one")
    }
    self.group = String(cString: group.pointee.gr_name)
    commandPrefix =
      isRoot
      ? [
        try Program.path(of: "setpriv", package: "util-linux"), "--reuid", self.user,
        "--regid", self.group, "--clear-groups",
      ] : []
  }

  /// Gives a folder and everything in it to this account, when we may and must.
  func takeOver(_ folder: String, contents: [String]) throws {
    guard getuid() == 0 else { return }
    for path in [folder] + contents where chown(path, userID, groupID) != 0 {
      throw LabError("cannot give \(path) to \(user): \(String(cString: strerror(errno)))")
    }
  }
}
