// The messages that wait, as Postfix tells of them, in each shell that a host may have.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions();
const now = Math.floor(Date.now() / 1000);
const message = (id: string, queue: string, age: number, more: object = {}) =>
  JSON.stringify({
    queue_name: queue,
    queue_id: id,
    arrival_time: now - age,
    message_size: 333,
    forced_expire: false,
    sender: "root@web-1.example.com",
    recipients: [{ address: "ops@example.org", delay_reason: "connect to relay[192.0.2.1]:587: timed out" }],
    ...more,
  })
    // As Postfix writes it.
    .replaceAll('":', '": ')
    .replaceAll(',"', ', "');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "queue-"));
  for (const folder of ["etc/postfix", "var/lib/postfix-relay", "bin"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "etc/postfix/main.cf"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const runs = needs(program);
  /** What `postrelay queue` prints where Postfix has these messages. */
  const queue = (messages: string[], options = "", before = ":") => {
    writeFileSync(join(root, "messages"), messages.map((line) => `${line}\n`).join(""));
    writeFileSync(join(root, "bin/postqueue"), `#!/bin/sh\ncat ${root}/messages\n`);
    chmodSync(join(root, "bin/postqueue"), 0o755);
    writeFileSync(
      join(root, "script"),
      `set -u\nverb=queue\n${tool}\npostfix_installed() { :; }\n${before}\nqueue ${options}`,
    );
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: `${join(root, "bin")}:${process.env.PATH}`, LC_ALL: "C.UTF-8", POSTRELAY_ROOT: root },
    });
  };

  runs("JSON: figures, and a line for each message, the oldest first", () => {
    const many = ["a@x.org", "b@x.org", 'c "q"@x.org', "d@x.org", "e@x.org"].map((address) => ({ address }));
    const found = JSON.parse(
      queue([
        message("NEW", "incoming", 5, { recipients: [{ address: "ops@example.org" }] }),
        message("OLD", "deferred", 9000),
        message("HELD", "hold", 300, { sender: "MAILER-DAEMON", recipients: many }),
      ]),
    );
    expect(found).toMatchObject({ postrelay: "queue", version: 1, active: 1, deferred: 1, hold: 1 });
    expect(found.messages.map((line: string) => line.replace(/^(\S+ \S+) \d+/, "$1 N"))).toEqual([
      "OLD deferred N 333 root@web-1.example.com ops@example.org connect to relay[192.0.2.1]:587: timed out",
      'HELD hold N 333 <> a@x.org,b@x.org,c?"q"@x.org,+2',
      "NEW active N 333 root@web-1.example.com ops@example.org",
    ]);
  });

  runs("lines for a person; an empty queue; more than a hundred", () => {
    const terminal = "is_terminal() { :; }";
    expect(queue([message("OLD", "deferred", 9000)], "", terminal)).toBe(
      "Queue: 0 active, 1 deferred, 0 on hold.\n" +
        "OLD  deferred for 2 h  root@web-1.example.com -> ops@example.org  (333 bytes)\n" +
        "    connect to relay[192.0.2.1]:587: timed out\n",
    );
    expect(queue([], "", terminal)).toBe("Queue: 0 active, 0 deferred, 0 on hold.\n");
    expect(JSON.parse(queue([], "--json", terminal)).messages).toEqual([]);
    const all = Array.from({ length: 103 }, (_, index) => message(`M${index}`, "active", index));
    expect(queue(all, "", terminal)).toMatch(/^M102 .*\n[\s\S]*These are the oldest 100 of 103 messages\.\n$/m);
  });

  runs("a password in a reason is taken out", () => {
    writeFileSync(join(root, "etc/postfix/sasl_passwd"), "[relay]:587 user:poison-word\n");
    const said = queue([
      message("X", "deferred", 9, { recipients: [{ address: "a@b.org", delay_reason: "said: poison-word is wrong" }] }),
    ]);
    expect(said).not.toContain("poison-word");
    expect(said).toContain("[secret] is wrong");
  });
});
