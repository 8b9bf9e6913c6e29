import { type Change, etc, unseen } from "./change.ts";

/** Of the files that Postfix reads. */
export const ofFiles: Change[] = [
  {
    what: "main.cf is edited and its time set back",
    does: unseen(`${etc}/main.cf`, `sed -i 's/^biff = no/biff = yes/' ${etc}/main.cf`),
    says: /main\.cf was edited: biff is yes, proven is no/,
  },
  {
    what: "a parameter is added to main.cf",
    does: `echo 'always_bcc = spy@example.net' >> ${etc}/main.cf && postfix reload`,
    says: /main\.cf was edited: always_bcc is spy@example\.net, proven is the default/,
    steps: ["delivery"],
    kept: "main.cf",
  },
  {
    what: "parameters that Postfix does not know are added, with passwords in them",
    does: `printf '%s\\n' 'my_pw = Kx7-a' 'mine_bind_pw = Kx7-b' 'mine_server_host = x' 'relay_domains = ldap:mine, $my_pw' \\
      'virtual_alias_maps = inline:{ a=Kx7-c }' >> ${etc}/main.cf && postfix reload`,
    says: /main\.cf was edited: (?!.*Kx7)(?=.*my_pw is \(not shown\))(?=.*virtual_alias_maps is \(not shown\)).*relay_domains is ldap:mine, \$my_pw, proven is/,
    steps: ["delivery"],
    kept: "main.cf",
  },
  {
    what: "another tool has written main.cf",
    does: `printf 'compatibility_level = 3.6\\nmyhostname = web.example.com\\nrelayhost = [x.example.net]\\n' > ${etc}/main.cf`,
    says: /main\.cf was edited: relayhost is \[x\.example\.net\]\S*, proven is \[/,
    steps: ["delivery"],
    kept: "main.cf",
  },
  {
    what: "sasl_passwd is edited and its index built",
    does: `echo '[x.example.net] me:mine' >> ${etc}/sasl_passwd && postmap ${etc}/sasl_passwd`,
    says: /sasl_passwd was edited.*|sasl_passwd\.db is not the index/,
    steps: ["delivery"],
    kept: "sasl_passwd",
  },
  {
    what: "a byte of a map is another, in place, and its time set back",
    does: unseen(`${etc}/sasl_passwd`, `printf x | dd of=${etc}/sasl_passwd bs=1 seek=3 conv=notrunc status=none`),
    says: /sasl_passwd was edited/,
  },
  {
    what: "an index is deleted",
    does: `rm ${etc}/sasl_passwd.db`,
    says: /sasl_passwd\.db was deleted/,
    steps: ["delivery"],
  },
  {
    what: "a map is deleted",
    does: `rm ${etc}/sasl_passwd`,
    says: /sasl_passwd was deleted/,
    steps: ["delivery"],
  },
  {
    what: "a map is newer than its index",
    does: `touch ${etc}/sasl_passwd`,
    says: /sasl_passwd\.db is older/,
    steps: ["delivery"],
  },
  {
    what: "a map is readable by others",
    does: `chmod 644 ${etc}/sasl_passwd`,
    says: /sasl_passwd is readable by others/,
  },
  {
    what: "an index is readable by others",
    does: `chmod 644 ${etc}/sasl_passwd.db`,
    says: /sasl_passwd\.db is readable by others/,
    steps: ["delivery"],
  },
  {
    what: "an owner is changed",
    does: `chown deploy ${etc}/main.cf`,
    says: /main\.cf has mode 644 and owner deploy/,
    steps: ["delivery"],
  },
  {
    what: "a file is moved, and a link to it put in its place",
    does: `mv ${etc}/main.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/main.cf`,
    says: /main\.cf is readable by others \(mode 777/,
  },
  {
    what: "a service of master.cf is changed",
    does: "postconf -Pe smtp/unix/smtp_tls_security_level=none && postfix reload",
    says: /master\.cf was edited: smtp\/unix was changed: it is smtp unix .*, proven is smtp unix /,
    steps: ["delivery"],
    kept: "master.cf",
  },
  {
    what: "what master.cf is a link to",
    first: `mv ${etc}/master.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/master.cf`,
    does: unseen("/root/moved.cf", "sed -i 's/^smtp  *unix/& - - y - - smtp -v #/' /root/moved.cf"),
    says: /master\.cf was edited: smtp\/unix was changed: it is smtp unix .*, proven is smtp unix /,
  },
  {
    what: "a listener is opened",
    does: "postconf -Me '0.0.0.0:2525/inet = 0.0.0.0:2525 inet n - y - - smtpd' && postfix reload && sleep 1",
    says: /Postfix listens at 0\.0\.0\.0:2525/,
    steps: ["delivery"],
    kept: "master.cf",
  },
  {
    what: "a line of main.cf that Postfix cannot read",
    does: `echo 'garbage, and a password' >> ${etc}/main.cf`,
    says: /main\.cf was edited: Postfix cannot read it \(line \d+: missing '=' after attribute name\)/,
    steps: ["delivery"],
    kept: "main.cf",
    always: true,
  },
  { what: "main.cf is deleted", does: `rm ${etc}/main.cf`, says: /"\/etc\/postfix\/main\.cf was deleted"\]/ },
  {
    what: "a line of master.cf that Postfix cannot read",
    does: `sed -i 3igarbage ${etc}/master.cf; systemctl restart postfix`,
    says: /master\.cf was edited: Postfix cannot read it \(line 3: bad field count\)/,
    steps: ["delivery"],
    kept: "master.cf",
  },
  { what: "master.cf is deleted", does: `rm ${etc}/master.cf`, says: /"\/etc\/postfix\/master\.cf was deleted"\]/ },
  {
    what: "a service at a port that nobody knows",
    does: `echo 'nosuchport inet n - y - - smtpd' >> ${etc}/master.cf; systemctl restart postfix`,
    says: /master\.cf was edited: nosuchport\/inet was added","Postfix is not running/,
  },
];

/** Of the aliases of the host, which are its own: Postfix reads an index of them. */
export const ofAliases: Change[] = [
  {
    what: "the aliases are a folder",
    does: "rm /etc/aliases; mkdir /etc/aliases",
    says: /aliases is not a file: make it one/,
    mends: "rmdir /etc/aliases; : > /etc/aliases",
  },
  {
    what: "aliases lead nowhere",
    does: "ln -sf /nowhere /etc/aliases",
    says: /link to \/nowhere, which does not exist: make that file, or remove the link/,
    mends: "rm /etc/aliases",
  },
  {
    what: "their index is damaged",
    does: "echo x > /etc/aliases.db",
    says: /the index of \/etc\/aliases is damaged: /,
    steps: ["delivery"],
  },
  {
    what: "their index is cut off in the middle",
    does: "truncate -s 5000 /etc/aliases.db",
    says: /the index of \/etc\/aliases/,
  },
  { what: "their index is gone", does: "rm /etc/aliases.db", says: /\/etc\/aliases has no index, \/etc\/aliases\.db/ },
  {
    what: "an alias is added, and newaliases not run",
    does: "echo 'deploy: dev@example.net' >> /etc/aliases",
    says: /\/etc\/aliases was changed, and newaliases was not run/,
  },
  {
    what: "the same, and the times are set back",
    does: unseen("/etc/aliases", "echo 'deploy: dev@example.net' >> /etc/aliases"),
    says: /the index of \/etc\/aliases, \/etc\/aliases\.db, was not made of it/,
  },
];
