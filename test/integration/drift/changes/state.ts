import { type Change, state, unseen } from "./change.ts";

/** Of the state folder, of packages and of the tool. */
export const ofState: Change[] = [
  { what: "the owner in the state folder", does: `: > ${state}/owner`, says: /the state folder .* is gone/ },
  {
    what: "the state folder is deleted",
    does: `rm -r ${state}`,
    says: /the state folder \/var\/lib\/postfix-relay is gone/,
    steps: ["packages", "main-cf", "sasl-passwd", "service", "delivery"],
    always: true,
  },
  { what: "paused", does: `sed -i 1s/proven/paused/ ${state}/live`, says: /mail is paused/ },
  { what: "rolled back", does: `sed -i 1s/proven/rolled-back/ ${state}/live`, says: /was rolled back by hand/ },
  { what: "a journal is left", does: `: > ${state}/journal`, says: /a change was interrupted/ },
  { what: "a commit is left", does: `: > ${state}/committed`, says: /a change was interrupted/ },
  {
    what: "the proven files are damaged",
    does: `echo x >> ${state}/good/sent/main.cf`,
    says: /the proven files in .* are damaged/,
    steps: ["main-cf", "sasl-passwd", "service", "delivery"],
  },
  {
    what: "the staged files are deleted",
    does: `rm -r ${state}/staged`,
    says: /the staged files .* are missing/,
    steps: ["main-cf", "sasl-passwd"],
    always: true,
  },
  { what: "a newer format", does: `echo 99 > ${state}/format`, says: /"sync":"unknown".*written by a newer/ },
  {
    what: "proven with another version of Postfix",
    does: `sed -i 's/^\\([0-9]* \\)[^ ]*/\\13.7.0-0/' ${state}/proven`,
    says: /Postfix was upgraded: 3\.7\.11.*, and proven with 3\.7\.0-0/,
    steps: ["packages", "delivery"],
    always: true,
  },
  {
    what: "dpkg has another version",
    does: "sed -i '/^Package: postfix$/,/^$/s/^Version: .*/Version: 3.9.9-1/' /var/lib/dpkg/status",
    says: /Postfix was upgraded: 3\.9\.9-1/,
  },
  {
    what: "dpkg no longer has a package",
    does: unseen(
      "/var/lib/dpkg/status",
      "sed -i '/^Package: libsasl2-modules$/,/^$/s/^Status: .*/Status: deinstall ok config-files/' /var/lib/dpkg/status",
    ),
    says: /the package libsasl2-modules was removed/,
  },
  {
    what: "postconf is gone",
    does: "mv /usr/sbin/postconf /usr/sbin/postconf.away; trap 'mv /usr/sbin/postconf.away /usr/sbin/postconf' EXIT",
    says: /"postfixVersion":""/,
  },
  {
    what: "the tool is changed",
    does: "echo '# edited' >> /usr/local/sbin/postrelay",
    says: /\/usr\/local\/sbin\/postrelay was changed/,
    steps: ["packages"],
    always: true,
  },
];
