// `postfix-relay oauth login` with the real engine and the endpoint: the refresh token of a user's consent goes into
// the file of the stack, and with it mail leaves. Nobody sees it.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../../../lab/token-tests.ts";
import { program } from "../cli-scene.ts";
import { Stack } from "../stack.ts";
import { openTokens, USER } from "./scene.ts";

const { world, host, relay, endpoint, reset, args } = await openTokens();
const web = await host("bookworm", "web");
const stack = await Stack.create("consent");
afterAll(() => stack.remove());

const SCOPE = "https://outlook.office.com/SMTP.Send offline_access";
const hostsFile = join(stack.folder, "hosts");
const caFile = join(stack.folder, "ca.pem");

beforeAll(async () => {
  await reset();
  endpoint.accounts.addClient({ id: "public", user: USER });
  writeFileSync(hostsFile, `127.0.0.1 localhost\n${endpoint.address} ${endpoint.host}\n`);
  writeFileSync(caFile, world.lab.ca);
  stack.write({
    ...world.config(relay, [web], "root"),
    ...args(),
    caCertificate: undefined,
    credentials: { username: USER, oauth2: { tokenEndpoint: endpoint.url, clientId: "public", scope: SCOPE } },
  });
  await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
});

/**
 * The command as a process that finds the endpoint by its name; `shown` resolves to what matches, once that is there.
 */
function login(...words: string[]) {
  const mount = `mount --bind ${hostsFile} /etc/hosts && exec "$@"`;
  const command = [process.execPath, program, "oauth", "login", "--stack", "consent", ...words];
  const child = spawn("unshare", ["--mount", "sh", "-ec", mount, "sh", ...command], {
    cwd: stack.folder,
    env: { ...stack.env, NODE_EXTRA_CA_CERTS: caFile },
  });
  let said = "";
  const shown = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (chunk: Buffer | string) => {
        said += chunk;
        const found = pattern.exec(said);
        if (found) resolve(found[1] ?? found[0]);
      };
      child.stderr.on("data", look);
      child.on("close", () => reject(new Error(`it has ended and said: ${said}`)));
    });
  const output = text(child.stdout);
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return {
    shown,
    enter: (line: string) => child.stdin.end(`${line}\n`),
    ended,
    said: async () => said + (await output),
  };
}

/** The newest refresh token that was given out. */
const newest = () => [...endpoint.accounts.refreshTokens.keys()].at(-1) ?? "";

async function sends(): Promise<void> {
  const before = relay.messages.length;
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  expect(relay.messages.slice(before)).toMatchObject([{ accepted: true, recipients: ["ops@example.org"] }]);
  expect(up.text + (await stack.state()) + readFileSync(stack.configFile, "utf8")).not.toContain(newest());
}

test("without consent `up` is red before a host is touched, and says what to run", async () => {
  const up = await stack.up();
  expect(up.code).not.toBe(0);
  expect(up.text).toContain("postfix-relay oauth login");
  expect((await web.run("ls /var/lib/postfix-relay")).code).not.toBe(0);
});

test("declined: nothing is written", async () => {
  const before = readFileSync(stack.configFile, "utf8");
  const asked = login("--flow", "device", "--device-endpoint", endpoint.deviceUrl);
  await asked.shown(/enter the code (\S+)/);
  endpoint.decline();
  expect(await asked.ended, await asked.said()).toBe(1);
  expect(readFileSync(stack.configFile, "utf8")).toBe(before);
});

test("a code for a page: mail leaves with it", async () => {
  const asked = login("--flow", "device", "--device-endpoint", endpoint.deviceUrl);
  endpoint.approve(await asked.shown(/enter the code (\S+)/));
  expect(await asked.ended, await asked.said()).toBe(0);
  expect(await asked.said()).not.toContain(newest());
  await sends();
});

test("a browser on another machine, whose last address is pasted: mail leaves with the new one", async () => {
  const asked = login("--flow", "browser", "--paste", "--authorize-endpoint", endpoint.authorizeUrl);
  const page = await asked.shown(/^(https:\S+)$/m);
  const before = newest();
  asked.enter((await ask({ address: endpoint.address, ca: world.lab.ca }, page)).location);
  expect(await asked.ended, await asked.said()).toBe(0);
  expect(newest()).not.toBe(before);
  expect(await asked.said()).not.toContain(newest());
  await sends();
  expect(endpoint.requests.filter(({ grant, ok }) => grant === "refresh_token" && ok).length).toBeGreaterThan(1);
});
