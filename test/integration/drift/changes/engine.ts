import type { Change } from "./change.ts";

/** These are tried with the engine alone: apt has to undo them, or the one before is a part of them. */
export const byEngineAlone: Change[] = [
  {
    what: "a parameter of main.cf is changed",
    does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
    says: /main\.cf was edited: relayhost is \[elsewhere\.example\.net\]:25, proven is \[/,
    steps: ["delivery"],
    kept: "main.cf",
    always: true,
  },
  {
    what: "the same change again: another drift",
    does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
    says: /main\.cf was edited: relayhost is \[elsewhere\.example\.net\]:25, proven is \[/,
    steps: ["delivery"],
    kept: "main.cf",
  },
  {
    what: "a package is removed",
    does: "apt-get -qq remove -y libsasl2-modules",
    says: /the package libsasl2-modules was removed/,
    steps: ["packages"],
  },
  {
    what: "Postfix is removed",
    does: "apt-get -qq remove -y postfix",
    says: /the package postfix was removed/,
    steps: ["packages", "delivery"],
  },
];
