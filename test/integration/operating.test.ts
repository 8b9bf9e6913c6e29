// What docs/operating.md says, tried.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Breakpoint, type Stopped } from "./faults/breakpoint.ts";
import type { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

const packages = ["postfix", "libsasl2-modules"];
const { world, relay, web, db, late } = await openWorld({ web: { packages }, db: { packages }, late: { packages } });
let stack: Stack;
const folder = mkdtempSync(join(tmpdir(), "postfix-relay-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  stack = await world.stack("operating", relay, [web, db], { waves: ["1"] });
  expect(await stack.up()).toMatchObject({ code: 0 });
});

/** The steps that were done, as `web-delivery`. */
const done = (text: string) => [
  ...new Set([...text.matchAll(/command:remote:Command (\S+) (?:created|updated|replaced)/g)].map(([, name]) => name)),
];
const testMessages = async () => (await relay.messages()).filter(({ raw }) => raw.includes("Test delivery")).length;

let changes = 0;
/** Changes a setting of all hosts. */
const change = () => stack.set("postfix-relay:rootAlias", `change-${++changes}@example.org`);
const changed = ["main-cf", "service", "delivery"];
const steps = (...hosts: string[]) => hosts.flatMap((host) => changed.map((step) => `${host}-${step}`));

test("a test message now: one step, one message", async () => {
  const before = await testMessages();
  const said = await stack.up("--replace", "**web-delivery");
  expect(said.code, said.text).toBe(0);
  expect(done(said.text)).toEqual(["web-delivery"]);
  expect(await testMessages()).toBe(before + 1);
});

/** A program that speaks SMTP itself. */
const SMTP = String.raw`exec 3<>/dev/tcp/127.0.0.1/25
say() { printf '%s\r\n' "$@" >&3; }
hear() { read -r answer <&3; }
hear
for line in 'HELO x' 'MAIL FROM:<a@example.com>' 'RCPT TO:<smtp@example.org>' DATA; do say "$line" && hear; done
say 'Subject: x' '' x . && hear && say QUIT && hear
`;

describe("programs that send", () => {
  const unit = (...words: string[]) =>
    `systemd-run --quiet --wait --pipe --collect -p User=nobody -p NoNewPrivileges=yes ${words.join(" ")}`;
  const message = (to: string) => ({ input: `Subject: x\n\nto ${to}\n` });
  const arrives = (to: string) => relay.waitFor(({ recipients }) => recipients.includes(to));

  test("sendmail hangs in a unit with NoNewPrivileges, SMTP at 127.0.0.1 works there", async () => {
    const { code } = await web.run(unit("timeout", "3", "sendmail", "-i", "hangs@example.org"), message("hangs"));
    expect(code).toBe(124);
    expect(await web.must("journalctl -q -t postfix/postdrop -n 1")).toMatch(/maildrop\/.*: Permission denied/);
    writeFileSync(join(web.root, "opt/smtp.sh"), SMTP);
    await web.must(unit("bash", "/opt/smtp.sh"));
    await arrives("smtp@example.org");
  });

  test("in one without it sendmail works", async () => {
    const plain = unit("sendmail", "-i", "plain@example.org").replace("NoNewPrivileges=yes", "NoNewPrivileges=no");
    await web.must(plain, message("plain"));
    await arrives("plain@example.org");
  });

  test("nothing brings the command mail; bsd-mailx does", async () => {
    expect((await web.run("command -v mail")).code).not.toBe(0);
    expect(await web.must("apt-cache show bsd-mailx")).toContain("Package: bsd-mailx");
  });
});

test("mail to users of a host stays there, but for those in aliases", async () => {
  await stack.set('postfix-relay:aliases["www-data"][0]', "ops-www@example.org");
  expect(await stack.up()).toMatchObject({ code: 0 });
  for (const user of ["www-data", "deploy"])
    await web.must(`sendmail -i ${user}`, { input: `Subject: x\n\nto ${user}\n` });
  await relay.waitFor(({ recipients }) => recipients.includes("ops-www@example.org"));
  await web.must("until grep -q 'to deploy' /var/mail/deploy; do sleep 0.1; done", { timeout: 30 });
});

describe("one host of a fleet", () => {
  test("the Relay alone as a target is green and does nothing; with its steps this host alone is changed", async () => {
    await change();
    const relayAlone = await stack.up("--target", "**web");
    expect(relayAlone.code, relayAlone.text).toBe(0);
    expect(done(relayAlone.text)).toEqual([]);
    const host = await stack.up("--target", "**web", "--target", "**web-*");
    expect(host.code, host.text).toBe(0);
    expect(done(host.text).sort()).toEqual(steps("web").sort());
    expect(done((await stack.up()).text).sort()).toEqual(steps("db").sort());
  });

  test("a host of a later wave too", async () => {
    await change();
    const said = await stack.up("--target", "**db", "--target", "**db-*");
    expect(said.code, said.text).toBe(0);
    expect(done(said.text).sort()).toEqual(steps("db").sort());
    expect(done((await stack.up()).text).sort()).toEqual(steps("web").sort());
  });

  test("with `--target-dependents` the hosts of later waves go along", async () => {
    await change();
    const said = await stack.up("--target", "**web", "--target", "**web-*", "--target-dependents");
    expect(said.code, said.text).toBe(0);
    expect(done(said.text).sort()).toEqual(steps("web", "db").sort());
  });
});

/** Starts `up`, and stops the tool on a host in the middle of its last step. */
async function stoppedOn(host: typeof web, of: Stack) {
  const breakpoint = new Breakpoint(host, { command: "mv", arguments: "*/new/main.cf *" });
  onTestFinished(() => breakpoint.remove());
  const up = of.start(["up", "--yes", "--skip-preview", "--stack", of.name]);
  const early = up.result.then(({ text }) => Promise.reject(new Error(`up ended early:\n${text}`)));
  early.catch(() => {});
  const stopped: Stopped = await Promise.race([breakpoint.hit(), early]);
  // What a terminal sends: to the whole group of the foreground.
  const ctrlC = () => process.kill(-up.session, "SIGINT");
  return { ...up, stopped, ctrlC };
}

describe("Ctrl-C", () => {
  test("once: the step that runs ends, nothing new starts, and `up` goes on from there", async () => {
    await change();
    const { result, stopped, ctrlC } = await stoppedOn(web, stack);
    ctrlC();
    expect(await Promise.race([result, sleep(5000, "still there")])).toBe("still there");
    await stopped.finish();
    const said = await result;
    expect(said.code).not.toBe(0);
    expect(done(said.text).sort()).toEqual(steps("web").sort());
    const next = await stack.up();
    expect(next.code, next.text).toBe(0);
    expect(done(next.text).sort()).toEqual(steps("db").sort());
  });

  test("twice: Pulumi is gone, its lock too, the host ends the step, and the next `up` is green", async () => {
    await change();
    const { result, stopped, ctrlC } = await stoppedOn(web, stack);
    ctrlC();
    await sleep(1000);
    ctrlC();
    expect(await Promise.race([result.then(() => "gone"), sleep(10_000, "still there")])).toBe("gone");
    await stopped.finish();
    expect(await web.run("postrelay check")).toMatchObject({ code: 0 });
    const next = await stack.up();
    expect(next.code, next.text).toBe(0);
    expect(await web.must("grep -rhs change- /etc/postfix || :")).toContain(`change-${changes}@`);
  });

  test("twice while a host is set up: each `up` warns, until a refresh", async () => {
    const fresh = await world.stack("late", relay, [late]);
    const { result, stopped, ctrlC } = await stoppedOn(late, fresh);
    ctrlC();
    await sleep(1000);
    ctrlC();
    await result;
    await stopped.finish();
    const warning = /interrupted while creating/;
    for (const _ of ["first", "second"]) {
      const said = await fresh.up();
      expect(said.code, said.text).toBe(0);
      expect(said.text).toMatch(warning);
    }
    await fresh.must(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", fresh.name]);
    const said = await fresh.up();
    expect(said.code, said.text).toBe(0);
    expect(said.text).not.toMatch(warning);
  });
});

test("a stale SSH_AUTH_SOCK fails even with a private key; without it the key is enough", async () => {
  const socket = join(folder, "stale");
  const server = createServer().listen(socket);
  await new Promise((resolve) => server.once("listening", resolve));
  // Closed by its process, a socket would be removed from the disk: it is left as by one that was killed.
  execFileSync("ln", [socket, `${socket}-2`]);
  await new Promise((resolve) => server.close(resolve));
  const stale = await world.stack("stale", relay, [late], { formerly: ["postfix-relay/late"] });
  stale.env.SSH_AUTH_SOCK = `${socket}-2`;
  const said = await stale.up();
  expect(said.code).not.toBe(0);
  expect(said.text).toMatch(/dial unix \S+: connect: connection refused/);
  stale.env.SSH_AUTH_SOCK = "";
  expect(await stale.up()).toMatchObject({ code: 0 });
});

describe("a private key", () => {
  const passphrase = "only for this test";
  let number = 0;
  /** A new key in one form, which root on the host accepts; the path of its file. */
  const key = async (encrypted: boolean, ...form: string[]) => {
    const file = join(folder, `key-${++number}`);
    const options = ["-q", "-t", "rsa", "-b", "2048", "-N", encrypted ? passphrase : "", "-f", file, ...form];
    execFileSync("ssh-keygen", options);
    await late.must("cat >> /root/.ssh/authorized_keys", { input: readFileSync(`${file}.pub`, "utf8") });
    return file;
  };
  /** A stack that logs in with the key. */
  const loggingIn = async (file: string, password?: string) => {
    const name = `key-${number}`;
    const own = await world.stack(name, relay, [late]);
    const { owner } = JSON.parse(await late.must("postrelay status")) as { owner: string };
    own.write({ ...world.config(relay, [late], "root"), formerly: [owner.split("/").slice(0, 2).join("/")] });
    await own.secret("postfix-relay:credentials.password", "relaypass");
    await own.secret("postfix-relay:connection.privateKey", readFileSync(file, "utf8"));
    if (password) await own.secret("postfix-relay:connection.privateKeyPassword", password);
    return own;
  };

  test.each([
    ["OpenSSH", []],
    ["PEM", ["-m", "PEM"]],
  ])("in the form of %s works, and encrypted with its passphrase", async (_, form) => {
    for (const [encrypted, password] of [[false], [true, passphrase]] as [boolean, string?][]) {
      const said = await (await loggingIn(await key(encrypted, ...form), password)).up();
      expect(said.code, said.text).toBe(0);
    }
  });

  test("that is encrypted as PKCS #8 is refused in the preview; a copy in the form of OpenSSH works", async () => {
    const file = await key(true, "-m", "PKCS8");
    expect(readFileSync(file, "utf8")).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const preview = await (await loggingIn(file, passphrase)).preview();
    expect(preview.code).not.toBe(0);
    expect(preview.text).toMatch(/PKCS #8.*`ssh-keygen -p -f` on a copy/);
    copyFileSync(file, `${file}-copy`);
    execFileSync("ssh-keygen", ["-p", "-f", `${file}-copy`, "-P", passphrase, "-N", passphrase]);
    number++;
    const said = await (await loggingIn(`${file}-copy`, passphrase)).up();
    expect(said.code, said.text).toBe(0);
  });
});
