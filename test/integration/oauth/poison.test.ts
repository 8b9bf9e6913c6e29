// Secrets of tokens with a mark go the whole way; then all that anybody could read is searched for the marks.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { run } from "../../../lab/shell.ts";
import { program } from "../cli-scene.ts";
import { Stack } from "../stack.ts";
import { filesWith, watch } from "../watch.ts";
import { APP, DUE, openTokens, USER } from "./scene.ts";

const { world, host, relay, endpoint, reset, args } = await openTokens();
const web = await host("bookworm", "web");
await reset();

const SECRET = 'poison-Ck4Vt1 "q" \\b $HOME `id` 秘 poison-Zr8';
const WRONG = "poison-Hn2Wq5-wrong";
/** What each access token begins with, since its head is always the same. */
const HEAD = Buffer.from(JSON.stringify({ alg: "RS256", typ: "JWT" })).toString("base64url");
const seed = endpoint.accounts.refreshToken(APP.id);
const marks = ["poison-Ck4Vt1", "poison-Zr8", "poison-Hn2Wq5", HEAD, seed.slice(0, 40)];
const said: [what: string, text: string][] = [];
const stack = await Stack.create("tokens");
afterAll(() => stack.remove());

test("the whole way", async () => {
  await endpoint.set({ rotates: true });
  endpoint.accounts.addClient({ id: APP.id, secret: SECRET, user: USER });
  const { oauth2 } = args().credentials as { oauth2: { clientSecret: string } };
  const { clientSecret, ...open } = oauth2;
  stack.write({
    ...world.config(relay, [web], "root"),
    ...args(),
    caCertificate: undefined,
    credentials: { username: USER, oauth2: open },
    monitoring: { textfile: "/var/lib/prometheus/node-exporter" },
  });
  await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
  await stack.secret("postfix-relay:credentials.oauth2.clientSecret", SECRET);
  const watching = watch(web.root, marks);
  const keep = async (what: string, work: Promise<{ code: number; text: string }>, code = 0) => {
    const result = await work;
    said.push([what, result.text]);
    if (code >= 0) expect(result.code === 0, `${what}: ${result.text}`).toBe(code === 0);
  };
  const onHost = (command: string) =>
    web.run(command).then(({ code, stdout, stderr }) => ({ code, text: stdout + stderr }));
  const commandLine = (...words: string[]) =>
    run(process.execPath, [program, ...words], { cwd: stack.folder, env: stack.env as Record<string, string> }).then(
      ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
    );
  await keep("preview", stack.preview());
  await keep("up", stack.up("--diff"));
  await stack.secret("postfix-relay:credentials.oauth2.refreshToken", seed);
  await keep("up with a refresh token", stack.up("--diff"));
  await keep("renewed", onHost(`${DUE}; postrelay renew`));
  await stack.secret("postfix-relay:credentials.oauth2.clientSecret", WRONG);
  await keep("a red up", stack.up("--diff"), 1);
  // An endpoint that repeats what it was sent, and a relay host that does.
  await endpoint.set({ fail: { status: 400, error: "invalid_grant", description: `no: ${SECRET} ${seed} ${WRONG}` } });
  await keep("a refusal that repeats the secrets", stack.up("--diff"), 1);
  await keep("what the host says of it", onHost(`${DUE}; postrelay renew; postrelay check`), -1);
  await endpoint.set({ rotates: true });
  await stack.secret("postfix-relay:credentials.oauth2.clientSecret", SECRET);
  await keep("green again", stack.up("--diff"));
  for (const verb of ["check", "check --format prometheus", "status", "queue", "probe --json", "test --json"])
    await keep(verb, onHost(`postrelay ${verb}`));
  await keep("check from the command line", commandLine("check", "--probe", "--json"));
  await keep("who has it", commandLine("credentials", "status", "--stack", "tokens", "--json"));
  await keep("the journal", onHost("journalctl -q --no-pager"));
  await keep("processes", onHost("ps axwwe"));
  said.push(["the state", await stack.state()]);
  const seen = await watching.stop();
  expect(seen.rounds).toBeGreaterThan(20);
  expect(seen.processes).toEqual([]);
}, 600_000);

test("credentials status says that the host has it, though its refresh token was replaced", () => {
  const status = JSON.parse(said.find(([what]) => what === "who has it")?.[1] ?? "{}");
  expect(status).toMatchObject({ hosts: [{ state: "current" }], revocable: true });
});

test("nothing that was said has a secret", () => {
  const newest = [...endpoint.accounts.refreshTokens.keys()].map((token) => token.slice(0, 40));
  expect(newest.length).toBeGreaterThan(2);
  for (const [what, text] of said)
    for (const mark of [...marks, ...newest]) expect(text.includes(mark), `${what} has ${mark}`).toBe(false);
});

test("nor has the state, its history and its backups", () => {
  expect(filesWith(join(stack.folder, "state"), [...marks, ...endpoint.accounts.refreshTokens.keys()])).toEqual([]);
});

test("on the host they are in files of root, and of the login proxy, alone", async () => {
  const newest = [...endpoint.accounts.refreshTokens.keys()].map((token) => token.slice(0, 40));
  const found = filesWith(web.root, [...marks, ...newest]).map((file) => file.slice(web.root.length + 1));
  const allowed =
    /^var\/lib\/postfix-relay\/(login\/(accounts|logins\/[0-9a-f]{12}\/(secrets|token)|seeds\/[0-9a-f]{12})|[a-z]+\/sent\/sasl_secrets|parts\/sasl-passwd\.[0-9a-f]+\/sasl_secrets)$/;
  expect(found.filter((file) => !allowed.test(file))).toEqual([]);
  expect(found.length).toBeGreaterThan(4);
  for (const file of found)
    expect(await web.must(`stat -c '%a %U' /${file}`), file).toMatch(
      file.endsWith("/accounts") ? /^640 root/ : /^600 root/,
    );
  // What was refused is nowhere any more.
  expect(filesWith(web.root, ["poison-Hn2Wq5"])).toEqual([]);
  expect(existsSync(join(web.root, "run/postrelay"))).toBe(false);
  expect(readdirSync(join(web.root, "tmp"))).not.toContain("answer");
});

test("the control: what is public was found", async () => {
  expect(said.find(([what]) => what === "up")?.[1]).toContain("[127.86.1.1]:");
  expect(filesWith(web.root, [APP.id]).length).toBeGreaterThan(0);
});
