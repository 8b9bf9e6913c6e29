// The probes of the further routes: in which order, what becomes of them, and what stays known of the test message.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "probe-"));
  for (const folder of ["run/postrelay", "var/lib/postfix-relay/candidate"])
    mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const at = "Nov 25 15:11:29 web postfix-relay-candidate/";
const delivery = (id: string, relay: string, dsn: string, status: string) =>
  `${at}smtp[9]: ${id}: to=<ops@example.org>, relay=${relay}, delay=0.2, delays=0/0/0/0, dsn=${dsn}, status=${status}\n`;

const routes = [
  ["fallback", "smtp:[relay-2.example.test]:587", "fallback[0]"],
  ["senders", "-", "senders"],
  ["fallback", "other:[relay-3.example.test]:465", "fallback[1]"],
  ["senderDependent", "-", "senderDependent"],
] as const;

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const test = needs(program);
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${definitions("candidate/probe")}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };

  test("the report is that of the test message, whatever the probes find", () => {
    const keys = routes.map(([kind, via, label]) => `route ${kind} from@example.com ${via} ${label}\n`).join("");
    writeFileSync(join(root, "run/postrelay/.keys"), `${keys}relay [relay-1.example.test]:587\n`);
    const message = `${at}pickup[1]: 1A2B3C4D: uid=0 from=<root@web.example.com>
${at}cleanup[2]: 1A2B3C4D: message-id=<TOKEN@web.example.com>
${delivery("1A2B3C4D", "relay-1.example.test[192.0.2.1]:587", "2.0.0", "sent (250 ok C:\\new\\cat.eml)")}`;
    const probes = [
      delivery("P1", "relay-1.example.test[192.0.2.1]:587", "2.1.5", "deliverable (250 2.1.5 Ok)"),
      delivery("P2", "none", "4.4.1", "undeliverable (connect to relay-2.example.test: Connection refused)"),
      delivery("P3", "relay-3.example.test[192.0.2.3]:465", "2.1.5", "deliverable (250 2.1.5 Ok)"),
    ];
    writeFileSync(join(root, "var/lib/postfix-relay/candidate/log"), message + probes.join(""));
    // What the candidate would do: it takes each route, and gives each probe a queue ID.
    const printed = run(`
      proof_verdict='' proof_reason='' proof_unproven=''
      candidate_route() { printf 'route %s\\n' "$1" >>"$root/routes"; }
      submit_probes() {
        case $1 in
        -) printf '%s\\n' 'senders P1 senders' 'senderDependent P1 senderDependent' ;;
        smtp:*) printf '%s\\n' 'fallback P2 fallback[0]' ;;
        *) printf '%s\\n' 'fallback P3 fallback[1]' ;;
        esac
      }
      follow "$candidate_log" TOKEN ops@example.org
      judge "$(input_key relay)" 60 "$candidate_log"
      probe_routes "$delivery_recipient" 60
      printf '%s\\n' "$proof_verdict" "$delivery_id" "$delivery_relay" "$delivery_dsn" "$delivery_answer" "$proof_unproven"
      cat "$root/routes"`);
    const [verdict, id, relay, dsn, answer, unproven, , ...taken] = printed.trimEnd().split("\n");
    expect([verdict, id, relay, dsn, answer]).toEqual([
      "sent",
      "1A2B3C4D",
      "relay-1.example.test[192.0.2.1]:587",
      "2.0.0",
      "250 ok C:\\new\\cat.eml",
    ]);
    expect(unproven).toMatch(/^fallback\[0\]: Nothing listens on that port/);
    // A route that was taken stays: that of the configuration itself has to come first.
    expect(taken).toEqual([
      "route -",
      "route other:[relay-3.example.test]:465",
      "route smtp:[relay-2.example.test]:587",
    ]);
  });
});
