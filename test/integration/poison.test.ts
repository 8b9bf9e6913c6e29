import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { must } from "../lab/shell.ts";
import type { Said, Stack } from "./stack.ts";
import { filesWith, type Seen, watch } from "./watch.ts";
import { openWorld } from "./world.ts";

// Secrets with a mark go the whole way; then everything that anybody could read is searched for the marks. Each search
// is tried on a poison that was planted for it.
const password = "poison-Kx7Qm2-password";
const second = "poison-Tz4Wd8-second";
const refused = "poison-Lb9Rv3-refused";
let keyMark: string;
let marks: string[];

const { world, relay, web: host } = await openWorld({ web: {} });
let stack: Stack;
const said: [what: string, said: Said][] = [];
let seen: Seen;

beforeAll(async () => {
  const key = join(world.lab.record.folder, "marked-key");
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "marked", "-f", key]);
  appendFileSync(join(host.root, "root/.ssh/authorized_keys"), readFileSync(`${key}.pub`));
  const privateKey = readFileSync(key, "utf8");
  keyMark = privateKey.split("\n")[3] ?? "";
  expect(keyMark.length).toBeGreaterThan(40);
  marks = [password, second, refused, keyMark];

  stack = await world.stack("poison", relay, [host], { testDelivery: { to: "ops@example.org", timeoutSeconds: 30 } });
  await relay.setUsers([{ username: "relayuser", password }]);
  await stack.secret("postfix-relay:credentials.password", password);
  await stack.secret("postfix-relay:connection.privateKey", privateKey);

  const watching = watch(host.root, marks);
  const keep = async (what: string, saying: Promise<Said>) => void said.push([what, await saying]);
  await keep("preview", stack.preview());
  await keep("up", stack.up());
  await keep("up with --diff", stack.up("--diff"));
  await relay.setUsers([{ username: "relayuser", password: second }]);
  await stack.secret("postfix-relay:credentials.password", second);
  await keep("preview of a rotation", stack.preview());
  await keep("up of a rotation", stack.up("--diff"));
  await stack.secret("postfix-relay:credentials.password", refused);
  await keep("up that fails", stack.up("--diff"));
  await keep("refresh", stack.pulumi(["refresh", "--yes", "--skip-preview", "--stack", "poison"]));
  await keep("outputs", stack.pulumi(["stack", "output", "--json", "--stack", "poison"]));
  await keep("config", stack.pulumi(["config", "--stack", "poison"]));
  seen = await watching.stop();
});

test("the runs went as they should, so that there was something to leak", () => {
  expect(said.map(([what, { code }]) => [what, code === 0])).toEqual([
    ["preview", true],
    ["up", true],
    ["up with --diff", true],
    ["preview of a rotation", true],
    ["up of a rotation", true],
    ["up that fails", false],
    ["refresh", true],
    ["outputs", true],
    ["config", true],
  ]);
  expect(seen.rounds).toBeGreaterThan(50);
});

test("no secret is in what pulumi printed", () => {
  for (const [what, { text }] of said) for (const mark of marks) expect(text.includes(mark), what).toBe(false);
});

test("no secret is in the state, its history and its backups", () => {
  expect(filesWith(join(stack.folder, "state"), marks)).toEqual([]);
  expect(filesWith(join(stack.folder, "config"), marks)).toEqual([]);
});

test("no secret was in the arguments or the environment of any process", () => {
  expect(seen.processes).toEqual([]);
});

test("on the host the password is in sasl_passwd and its map alone, and the key nowhere", () => {
  expect(filesWith(host.root, [keyMark])).toEqual([]);
  expect(filesWith(host.root, marks, /\/sasl_passwd(\.db|\.lmdb|\.cdb)?$/)).toEqual([]);
});

test("no secret is in the logs of host and relay", async () => {
  const logs = (await host.journal()) + (await relay.log());
  for (const mark of marks) expect(logs).not.toContain(mark);
});

test("sasl_passwd and its map belonged to root alone whenever somebody looked", () => {
  expect(Object.keys(seen.modes)).toEqual(
    expect.arrayContaining(["etc/postfix/sasl_passwd", "etc/postfix/sasl_passwd.db"]),
  );
  for (const [path, modes] of Object.entries(seen.modes)) expect(modes, path).toEqual(["600 0"]);
});

describe("the control: a planted poison is found", () => {
  test("in a file of the host, and in the state", () => {
    const planted = join(host.root, "var/tmp/planted");
    writeFileSync(planted, `x ${second} y`);
    expect(filesWith(host.root, marks, /\/sasl_passwd(\.db)?$/)).toEqual([planted]);
    rmSync(planted);
    const state = join(stack.folder, "state/planted.json");
    writeFileSync(
      state,
      JSON.stringify({ privateKey: readFileSync(join(world.lab.record.folder, "marked-key"), "utf8") }).replaceAll(
        "\\n",
        "\n",
      ),
    );
    expect(filesWith(join(stack.folder, "state"), marks)).toEqual([state]);
    rmSync(state);
  });

  test("in arguments and environment, and a file that all may read for a moment", async () => {
    const watching = watch(host.root, marks);
    await host.must(`env X=${password} sh -c 'sleep 1; : ${second}'`);
    await host.must(
      "install -m 644 /dev/null /etc/postfix/sasl_passwd.planted; sleep 1; chmod 600 /etc/postfix/sasl_passwd.planted; sleep 1; rm /etc/postfix/sasl_passwd.planted",
    );
    const { processes, modes } = await watching.stop();
    expect(processes.some((text) => text.startsWith("environ") && text.includes(password))).toBe(true);
    expect(processes.some((text) => text.startsWith("cmdline") && text.includes(second))).toBe(true);
    // install(1) makes a file for its owner alone before it opens it.
    expect(modes["etc/postfix/sasl_passwd.planted"]?.toSorted()).toEqual(["600 0", "644 0"]);
  });
});

test("destroy shows no secret, and takes the credentials off the host", async () => {
  const destroyed = await stack.destroy();
  expect(destroyed).toMatchObject({ code: 0 });
  for (const mark of marks) expect(destroyed.text).not.toContain(mark);
  expect(filesWith(host.root, marks)).toEqual([]);
});
