/** A provider whose relay host is known. */
export const RelayProvider = {
  /** Sakura Internet, rental server or mailbox; `relayHost.host` is the account's own server. */
  Sakura: "sakura",
  /** Gmail, with an app password. */
  Gmail: "gmail",
  /** Google Workspace, the relay for a whole domain. */
  WorkspaceRelay: "workspace-relay",
  /** Microsoft 365, with a token, or where password logins are still allowed. */
  Microsoft365: "microsoft365",
  /** Outlook.com, with a token; it takes no password. */
  Outlook: "outlook",
  /** Amazon SES; needs `region`. */
  Ses: "ses",
  /** Twilio SendGrid. */
  Sendgrid: "sendgrid",
  /** Mailgun; `region` is "us" or "eu". */
  Mailgun: "mailgun",
  /** Postmark, transactional stream. */
  Postmark: "postmark",
  /** Postmark, broadcast stream. */
  PostmarkBroadcasts: "postmark-broadcasts",
  /** Brevo. */
  Brevo: "brevo",
  /** Mailjet. */
  Mailjet: "mailjet",
  /** SMTP2GO; `region` is "us", "eu" or "au", or left out. */
  Smtp2go: "smtp2go",
  /** Fastmail, with an app password. */
  Fastmail: "fastmail",
  /** iCloud Mail, with an app-specific password. */
  Icloud: "icloud",
  /** Zoho Mail; `region` is "com", "eu" or "in". */
  Zoho: "zoho",
  /** OVHcloud MX Plan. */
  Ovh: "ovh",
  /** Migadu. */
  Migadu: "migadu",
  /** Resend. */
  Resend: "resend",
  /** SparkPost; `region` is "us" or "eu". */
  Sparkpost: "sparkpost",
  /** Mandrill, Mailchimp Transactional. */
  Mandrill: "mandrill",
  /** Cloudflare Email Service. */
  Cloudflare: "cloudflare",
  /** Azure Communication Services, with a client secret as the password. */
  Azure: "azure",
  /** Microsoft 365 High Volume Email, for recipients of the own organization. */
  Hve: "hve",
} as const;
export type RelayProvider = (typeof RelayProvider)[keyof typeof RelayProvider];
