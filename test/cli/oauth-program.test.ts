// `postfix-relay oauth login` as a program of its own, with a `pulumi` that keeps what it was told: what is in its
// arguments and environment, which authority it trusts, and how Ctrl-C ends it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { device, refusal } from "../support/oauth-server.ts";
import { oneServer } from "./oauth-scene.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/main.ts");

const server = await oneServer();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "postfix-relay-oauth-program-"));
  const oauth2 = { tokenEndpoint: `${server.origin}/t/oauth2/v2.0/token`, clientId: "app-1" };
  const config = (more: object) =>
    JSON.stringify({
      "postfix-relay:provider": { value: "microsoft365", secret: false },
      "postfix-relay:credentials": { value: JSON.stringify({ oauth2: { ...oauth2, ...more } }), secret: true },
    });
  writeFileSync(join(folder, "before.json"), config({}));
  writeFileSync(join(folder, "after.json"), config({ refreshToken: "poison-refresh" }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: mail\nruntime: nodejs\n");
  pulumi("");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The `pulumi` of the test; `setting` runs before it writes. */
function pulumi(setting: string): void {
  const file = join(folder, "pulumi");
  writeFileSync(
    file,
    `#!/bin/sh
echo "$@" >>argv
env >>environment
case "$*" in
*'config set'*) ${setting} cat >written ;;
*'config --json'*) if [ -e written ]; then cat after.json; else cat before.json; fi ;;
*) echo prod ;;
esac
`,
  );
  chmodSync(file, 0o755);
}

const kept = (name: string) => readFileSync(join(folder, name), "utf8");

/** Starts it; `heard` is told what it has said on stderr so far. */
async function start(
  heard: (said: string, child: ChildProcess) => void = () => {},
  ca: string | undefined = server.ca,
) {
  const { NODE_EXTRA_CA_CERTS, ...env } = process.env;
  const child = spawn(process.execPath, [PROGRAM, "oauth", "login"], {
    cwd: folder,
    env: { ...env, PATH: `${folder}${delimiter}${env.PATH}`, ...(ca && { NODE_EXTRA_CA_CERTS: ca }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => {
    said.out += text;
  });
  child.stderr.on("data", (text) => {
    said.err += text;
    heard(said.err, child);
  });
  const [code] = await once(child, "close");
  expect(said.out + said.err).not.toContain("poison");
  return { code, ...said };
}

test("the token is on the stdin of `pulumi config set` alone; lines go to stderr where there is no terminal", async () => {
  server.device.push(device({ interval: 1 }));
  server.token.push(refusal("authorization_pending"));
  const found = await start();
  expect(found).toMatchObject({
    code: 0,
    out: "Written to Pulumi.prod.yaml, as a secret: postfix-relay:credentials.oauth2.refreshToken\n",
  });
  expect(found.err).toMatch(/^Open https:\S+ in a browser, on any machine,\nand enter the code ABCD-EFGH\n/);
  expect(kept("written")).toBe("poison-refresh");
  expect(kept("argv") + kept("environment")).not.toContain("poison");
  const path = "postfix-relay:credentials.oauth2.refreshToken";
  expect(kept("argv")).toContain(`config set --secret --stack prod --path ${path}\n`);
});

test("an authority that this machine does not trust: nothing is sent", async () => {
  const found = await start(undefined, "");
  expect(found).toMatchObject({ code: 2, out: "" });
  expect(found.err).toMatch(
    /^postfix-relay: localhost:\d+ cannot be asked: TLS fails, or its certificate .*NODE_EXTRA_CA_CERTS=FILE \(\w+\)\nno/,
  );
  expect(server.asked).toEqual([]);
  expect(existsSync(join(folder, "written"))).toBe(false);
});

test("Ctrl-C while it waits: exit code 130, and nothing was written", async () => {
  let sent = false;
  const found = await start((said, child) => {
    if (sent || !said.includes("Ctrl-C ends this")) return;
    sent = true;
    child.kill("SIGINT");
  });
  expect(found).toMatchObject({ code: 130, out: "" });
  expect(found.err).toMatch(/\npostfix-relay: interrupted; nothing was written\n$/);
  expect(existsSync(join(folder, "written"))).toBe(false);
});

test("Ctrl-C while pulumi writes: what is said is what the file has", async () => {
  server.device.push(device({ interval: 1 }));
  pulumi('kill -INT "$PPID";');
  expect(await start()).toMatchObject({ code: 0, out: expect.stringMatching(/^Written to /) });
  // It has reached pulumi, too, which has ended before it wrote.
  rmSync(join(folder, "written"));
  server.device.push(device({ interval: 1 }));
  pulumi('kill -INT "$PPID"; exit 1;');
  const found = await start();
  expect(found).toMatchObject({ code: 2, out: "" });
  expect(found.err).toMatch(
    /could not be written to stack prod: pulumi has failed\nnothing was written; run it again\n$/,
  );
});
