import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Breakpoint, type Place } from "../faults/breakpoint.ts";
import type { Run, Steps } from "../steps.ts";
import { destroyed, openScene } from "./scene.ts";
import { holders } from "./search.ts";

// Each place that ever holds the password is known and emptied by destroy, whatever was killed or lost before.
const first = { username: "relayuser", password: "left-Kx7Qm2-first" };
const second = { username: "second", password: "left-Tz4Wd8-second" };
const marks = [first.password, second.password];

const scene = await openScene();
await scene.relay.setUsers([first, second]);
let host: LabHost;
beforeEach(async () => {
  host = await scene.host("web");
});

test("the control: a planted password is found, on the disk and in memory", async () => {
  writeFileSync(join(host.root, "var/tmp/planted"), `x ${first.password} y`);
  await host.must("umask 077; mkdir /run/planted && cat > /run/planted/in-memory", { input: second.password });
  expect(await holders(host, ...marks)).toEqual(["/run/planted/in-memory", "/var/tmp/planted"]);
  await host.must("rm -r /run/planted /var/tmp/planted");
});

test("once another one is proven, no password stays that was refused, or replaced before the last", async () => {
  const [typo, byHand] = ["left-Lb9Rv3-typo", "left-Ws5Hn1-by-hand"];
  const steps = scene.steps(host, { credentials: first });
  expect(await steps.up()).toMatchObject({ code: 0 });
  expect(await steps.up({ credentials: { ...first, password: typo } })).toMatchObject({ code: 69 });
  expect(await holders(host, typo)).not.toEqual([]);
  await host.must(`echo '[elsewhere.example.net]:587 user:${byHand}' >> /etc/postfix/sasl_passwd`);
  expect(await steps.up({ credentials: second })).toMatchObject({ code: 0 });
  expect(await holders(host, typo)).toEqual([]);
  // What was edited is reported as kept, and is there until the next proof.
  expect((await holders(host, byHand)).join()).toMatch(/^\/var\/lib\/postfix-relay\/kept\/\w+\/sasl_passwd$/);
  expect((await holders(host, first.password)).filter((path) => !/previous|parts|kept/.test(path))).toEqual([]);
  expect(await steps.up({ domain: "next.example.com" })).toMatchObject({ code: 0 });
  expect(await holders(host, byHand, first.password)).toEqual([]);
  expect((await holders(host, second.password)).length).toBeGreaterThan(2);
});

/** Kills the tool with all that it has started, where it comes to a place. */
const killed = (run: () => Promise<Run>, place: Place): Promise<Run> =>
  new Breakpoint(host, place).during(run(), (stopped) => stopped.kill());

const places = {
  received: { command: "mv", arguments: "*sasl_passwd*" },
  "read back": { command: "postmap", arguments: "*-q -*" },
  started: { command: "systemd-run", arguments: "*" },
  sent: { command: "sendmail", arguments: "*-f*" },
  swapped: { command: "mv", arguments: "*/new/sasl_passwd.db *" },
  unstaged: { command: "rm", arguments: "*sasl_passwd*" },
  restored: { command: "mv", arguments: "*/new/main.cf *" },
  forgotten: { command: "mv", arguments: "*/postfix-relay.gone" },
  last: { command: "rm", arguments: "*/postfix-relay.gone /usr*" },
};
type At = keyof typeof places;

const nothing = async () => {};
const loseState = () => host.must("rm -rf /var/lib/postfix-relay");
const loseAll = () => host.must("rm -rf /var/lib/postfix-relay /usr/local/sbin/postrelay");
const boot = () => host.reboot();

interface Row {
  what: string;
  /** What happens after the kill. */
  fate: () => Promise<unknown>;
  /** Where the first `up`, one with another password, and destroy are killed: before the file of that moment is. */
  first: At[];
  second: At[];
  destroy: At[];
}
const rows: Row[] = [
  {
    what: "",
    fate: nothing,
    first: ["received", "sent"],
    second: ["received", "read back", "started", "sent", "swapped"],
    destroy: ["unstaged", "restored", "forgotten", "last"],
  },
  {
    what: ", and the state folder is lost",
    fate: loseState,
    first: ["received", "started", "sent", "swapped"],
    second: ["sent", "swapped"],
    destroy: ["restored"],
  },
  {
    what: ", and state folder and tool are lost",
    fate: loseAll,
    first: ["sent"],
    second: ["received", "swapped"],
    destroy: ["restored", "last"],
  },
  { what: ", and the host is booted", fate: boot, first: ["swapped"], second: ["swapped"], destroy: ["restored"] },
];

async function gone(steps: Steps): Promise<void> {
  const { codes, runs } = await destroyed(steps, 2);
  const text = runs.map(({ text }) => text).join("---\n");
  expect(codes.at(-1), text).toBe(0);
  expect(await holders(host, ...marks), text).toEqual([]);
}

describe.each(rows)(
  "killed$what: after destroy no file holds a password",
  ({ fate, first: inFirst, second: inSecond, destroy }) => {
    test.each(inFirst)("in the first `up`, when it is %s", async (at) => {
      const steps = scene.steps(host, { credentials: first });
      expect(await killed(() => steps.up(), places[at])).not.toMatchObject({ code: 0 });
      await fate();
      await gone(steps);
    });

    test.each(inSecond)("in an `up` with another password, when it is %s", async (at) => {
      const steps = scene.steps(host, { credentials: first });
      expect(await steps.up()).toMatchObject({ code: 0 });
      expect(await killed(() => steps.up({ credentials: second }), places[at])).not.toMatchObject({ code: 0 });
      await fate();
      await gone(steps);
    });

    test.each(destroy)("in destroy, when it is %s", async (at) => {
      const steps = scene.steps(host, { credentials: first });
      expect(await steps.up()).toMatchObject({ code: 0 });
      expect(await steps.up({ credentials: second })).toMatchObject({ code: 0 });
      expect(await killed(() => steps.destroy(), places[at])).not.toMatchObject({ code: 0 });
      await fate();
      await gone(steps);
    });
  },
);
