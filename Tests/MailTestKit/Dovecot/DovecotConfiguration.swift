// mailmove: the configuration file of a throw-away Dovecot.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Dovecot 2.3's `dovecot.conf` for a server without privileges in one folder.
struct DovecotConfiguration {
  let options: DovecotOptions
  let folder: String
  let ports: LabPorts
  let account: UnprivilegedAccount

  /// What a client reads once the server is ready for it; before, Dovecot may say other things.
  static let greeting = "mailmove laboratory ready"

  /// A passwd-file; base64 lets a password hold anything.
  static func passwordFile(_ users: [DovecotOptions.User]) -> String {
    users.map { user in
      "\(user.name):{PLAIN.b64}\(Data(user.password.utf8).base64EncodedString())::::::\n"
    }.joined()
  }

  var text: String {
    [general, authentication, storage, namespace, services, options.extraConfiguration, ""]
      .joined(separator: "\n")
  }

  private var general: String {
    """
    base_dir = \(folder)/run
    state_dir = \(folder)/state
    log_path = \(folder)/dovecot.log
    default_internal_user = \(account.user)
    default_login_user = \(account.user)
    default_internal_group = \(account.group)
    first_valid_uid = 1
    first_valid_gid = 0
    protocols = imap pop3
    listen = 127.0.0.1
    login_greeting = \(Self.greeting)
    ssl = required
    ssl_min_protocol = TLSv1.2
    ssl_cert = <\(folder)/server-chain.crt
    ssl_key = <\(folder)/server.key
    """
  }

  private var authentication: String {
    var master = ""
    if options.masterUser != nil {
      master = """
        auth_master_user_separator = *
        passdb {
          driver = passwd-file
          args = \(folder)/masters
          master = yes
        }

        """
    }
    return """
      auth_mechanisms = \(options.authMechanisms.joined(separator: " "))
      auth_username_chars =
      auth_failure_delay = 0
      \(master)passdb {
        driver = passwd-file
        args = username_format=%u \(folder)/users
      }
      userdb {
        driver = static
        args = uid=\(account.user) gid=\(account.group) home=\(folder)/mail/%u
      }
      """
  }

  private var storage: String {
    var lines = ["mail_location = \(mailLocation)"]
    lines.append("mail_fsync = \(options.fsync ? "always" : "never")")
    lines.append("mail_max_userip_connections = \(options.connectionsPerUserMax)")
    if let length = options.keywordLengthMax {
      lines.append("mail_max_keyword_length = \(length)")
    }
    if let capabilities = options.capabilities {
      lines.append("imap_capability = \(capabilities)")
    }
    if let rule = options.quotaRule {
      lines.append(
        """
        mail_plugins = quota
        protocol imap {
          mail_plugins = $mail_plugins imap_quota
        }
        plugin {
          quota = count:User quota
          quota_vsizes = yes
          quota_grace = 0
          quota_rule = \(rule)
        }
        """)
    }
    return lines.joined(separator: "\n")
  }

  /// Maildir++ keeps the hierarchy in dots, so a `/` hierarchy gets real folders.
  private var mailLocation: String {
    switch options.storage {
    case .maildir: options.delimiter == "." ? "maildir:~/mail" : "maildir:~/mail:LAYOUT=fs"
    case .sdbox: "sdbox:~/mail"
    case .mdbox: "mdbox:~/mail"
    case .mbox: "mbox:~/mail:INBOX=~/inbox"
    }
  }

  private var namespace: String {
    let mailboxes = options.specialMailboxes.map { mailbox in
      """
        mailbox "\(mailbox.name)" {
          special_use = \(mailbox.role)
          auto = subscribe
        }

      """
    }
    return """
      namespace inbox {
        inbox = yes
        separator = \(options.delimiter)
        prefix = \(options.prefix)
      \(mailboxes.joined())}
      """
  }

  /// No chroot, which needs root; no growing delay after wrong passwords; one login process.
  private var services: String {
    """
    service anvil {
      chroot =
      unix_listener anvil-auth-penalty {
        mode = 0
      }
    }
    service stats {
      chroot =
    }
    service imap-login {
      chroot =
      service_count = 0
      inet_listener imap {
        port = \(ports.imap)
      }
      inet_listener imaps {
        port = \(ports.imaps)
        ssl = yes
      }
    }
    service pop3-login {
      chroot =
      service_count = 0
      inet_listener pop3 {
        port = \(ports.pop3)
      }
      inet_listener pop3s {
        port = \(ports.pop3s)
        ssl = yes
      }
    }
    """
  }
}
