// Whether a delivery is a proof: read from whole logs of a second Postfix beside the running one, of 3.5 to 3.11.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Found, type Look, look } from "../support/proof.ts";
import { needs, shells } from "../support/shells.ts";

/** The logs that capture-candidate.ts wrote. */
const logs = readFileSync(new URL("candidate-logs.txt", import.meta.url), "utf8")
  .split(/^== /m)
  .slice(1)
  .map((section) => {
    const [, name = "", version = "", log = ""] = /^(\S+) (\S+)\n([\s\S]*)$/.exec(section) ?? [];
    return { name, version, log };
  });

const relay = "[relay-1.example.test]:587";
const fake = (log: string) => `[fake.example.test]:${/fake\.example\.test\[[\d.]+\]:(\d+)/.exec(log)?.[1] ?? 25}`;
const address = (log: string) => /relay=([^[]+)\[/.exec(log)?.[1];
const first = (log: string) => /pickup\[\d+\]: (\w+): uid/.exec(log)?.[1] ?? "";

interface Wanted {
  hop?: string | ((log: string) => string);
  to?: string;
  /** For a probe, the kind of its route. */
  kind?: string;
  verdict: string;
  status?: string;
  recipient?: string;
  answer?: string | RegExp;
  reason?: RegExp;
}

const sent = { verdict: "sent", status: "sent", recipient: "ops@example.org" };
const failed = (reason: RegExp, hop: Wanted["hop"] = relay) => ({ verdict: "failed", reason, hop });

const wanted: Record<string, Wanted> = {
  sent: { ...sent, answer: /^250 2\.0\.0 Ok: queued as \w+$/ },
  "sent-with-copy": sent,
  alias: { ...sent, to: "root@web.example.com" },
  "alias-of-the-copy": sent,
  rewritten: { ...sent, recipient: "other@example.net" },
  "by-address": { ...sent, hop: (log) => `[${address(log)}]:587` },
  "by-address6": { ...sent, hop: (log) => `[ipv6:${address(log)?.toUpperCase()}]:587` },
  "by-domain": { ...sent, hop: "relay-1.example.test:587" },
  "implicit-tls": { ...sent, hop: "[RELAY-1.example.test]:465" },
  "message-id-gone": sent,
  "words-of-the-log": {
    ...sent,
    hop: fake,
    answer: "250 2.0.0 accepted relay=gw2.example.test, dsn=4.0.0, status=queued (as 1A2B)",
  },
  "forwarded-elsewhere": { ...sent, hop: fake, answer: "250 2.0.0 forwarded as 12345" },
  "no-enhanced-code": { ...sent, hop: fake, answer: "250 OK id=1vLm2x-0004aB-2C" },
  "eight-bit": { ...sent, hop: fake, answer: "250 2.0.0 angenommen f??r Zustellung" },

  fallback: failed(
    /^the relay host \[relay-1\.example\.test\]:2 did not take the message, relay-1\S+:587 did: Nothing listens.*:2: Connection refused$/,
    "[relay-1.example.test]:2",
  ),
  "fallback-after-login": failed(
    /^the relay host \[fake\S+ did not take the message, relay-1\S+:587 did: The relay refuses the user name or password/,
    "[fake.example.test]:25",
  ),
  "other-kind-of-port": failed(/^The port is of the other kind.*handshake failure.*wrong version number/),
  "untrusted-authority": failed(/^The relay's certificate is from an authority.*caCertificate.*untrusted issuer/),
  expired: failed(/^The relay's certificate is not valid at this time/),
  "wrong-name": failed(/^The relay's certificate is not valid for its name/),
  "no-such-name": failed(/^The relay's name does not resolve on this host/),
  discarded: failed(/^A check on this host took the message.*discard: header Subject/),
  held: failed(/^A check on this host took the message.*hold: header Subject/),
  rejected: failed(/^A check on this host took the message.*reject: header Subject.*no tests/),
  "no-check": failed(/^A map of Postfix is missing.*(header_checks map lookup problem|regexp:\/root\/nothing)/),
  "no-password-map": failed(/^Postfix itself fails.*fatal: specify a password table/),
  "no-cleanup": failed(/^A map of Postfix is missing.*mainCf.*fatal: open dictionary/),
  "no-mechanism": failed(/^This host cannot log in, and nothing was sent/),
  "other-mechanism": failed(/^The relay offers none of the mechanisms.*PLAIN LOGIN CRAM-MD5/),
  "no-map": failed(/^A map of Postfix is missing/),
  "multi-line": failed(/^The relay refuses the recipient, or this sender/, fake),
  "wrong-login": failed(/^The relay refuses the user name or password/, fake),
  "other-login": failed(/^The relay takes no login from this host's address/, fake),
  "login-later": failed(/^The relay cannot check passwords at the moment/, fake),
  "refused-helo": failed(/^The relay does not accept the name.*Set hostname/, fake),
  "refused-ehlo": failed(/^The relay does not accept the name.*Set hostname/, fake),
  "refused-at-the-door": failed(/^This host's address, or the sender's domain, is on a blocklist/, fake),
  "refused-sender": failed(/^The relay does not let this account send as/, fake),
  "refused-message": failed(/^The relay does not let this account send as/, fake),
  "closed-in-the-middle": failed(/^The relay closed the connection in the middle/, fake),

  probe: { kind: "senderDependent", verdict: "proven", status: "deliverable" },
  "probe-refused": { kind: "senderDependent", verdict: "refused", reason: /^The relay wants authentication/ },
  "probe-wrong-password": { kind: "fallback", verdict: "refused", reason: /^The relay refuses the user name/ },
  "probe-unreachable": { kind: "fallback", verdict: "unproven", reason: /^Nothing listens on that port/ },
  "probe-refused-sender": { kind: "senders", verdict: "refused", reason: /^The relay does not let this account/ },
  "probe-login-later": {
    kind: "fallback",
    verdict: "unproven",
    reason: /^The relay cannot check passwords/,
    hop: fake,
  },
};

const looks = (of = logs): Look[] =>
  of.map(({ name, log }) => {
    const { hop = relay, to = "ops@example.org", kind } = wanted[name] as Wanted;
    return {
      log,
      token: "postrelay.0123456789ab",
      to,
      ...(kind ? { probe: { id: first(log), kind } } : { hop: typeof hop === "string" ? hop : hop(log) }),
    };
  });

describe("whole logs", () => {
  const found = look(looks());
  test.each(logs.map((log, at) => ({ ...log, found: found[at] as Found })))(
    "$name $version",
    ({ name, log, found }) => {
      const { verdict, status, recipient, answer, reason } = wanted[name] as Wanted;
      expect(found.verdict, `${found.reason}\n${log}`).toBe(verdict);
      if (status) expect(found.status).toBe(status);
      if (recipient) expect(found.recipient).toBe(recipient);
      if (answer) expect(found.answer).toEqual(typeof answer === "string" ? answer : expect.stringMatching(answer));
      expect(found.reason).toMatch(new RegExp(reason ?? /^$/, "s"));
      if (verdict === "sent") expect(Number(found.seconds)).toBeGreaterThan(0);
    },
  );

  test("each case was logged by Postfix 3.5, 3.7, 3.10 and 3.11, but for those that do not differ", () => {
    expect([...new Set(logs.map(({ name }) => name))].sort()).toEqual(Object.keys(wanted).sort());
    const versions = logs.filter(({ name }) => name === "alias").map(({ version }) => version.replace(/\.\d+$/, ""));
    expect(versions.sort()).toEqual(["3.10", "3.11", "3.5", "3.7"]);
  });
});

test("while the log grows, what is settled stays", { timeout: 120_000 }, () => {
  const once = logs.filter(({ name }, at) => logs.findIndex((other) => other.name === name) === at);
  const last = look(looks(once));
  const steps = once.flatMap((one, at) => {
    const lines = one.log.trim().split("\n");
    return lines.map((_, end) => ({
      of: at,
      look: { ...(looks([one])[0] as Look), log: `${lines.slice(0, end).join("\n")}\n` },
    }));
  });
  const seen = look(steps.map(({ look }) => look));
  for (const [at, { of }] of steps.entries()) {
    const { settled, status, verdict } = seen[at] as Found;
    if (settled === "yes")
      expect({ status, verdict }, once[of]?.name).toEqual({ status: last[of]?.status, verdict: last[of]?.verdict });
    else expect(verdict, once[of]?.name).toMatch(/failed|unproven/);
  }
});

for (const [program, ...options] of shells) {
  needs(program)(`${program} finds the same`, { timeout: 60_000 }, () => {
    const some = logs.filter((_, at) => at % 5 === 0);
    expect(look(looks(some), { shell: [program, ...options] })).toEqual(look(looks(some)));
  });
}

for (const awk of ["mawk", "gawk", "original-awk", "busybox"]) {
  needs(awk)(`${awk} finds the same`, { timeout: 60_000 }, () => {
    const some = logs.filter((_, at) => at % 5 === 0);
    expect(look(looks(some), { awk })).toEqual(look(looks(some)));
  });
}
