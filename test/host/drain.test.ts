// Refusing mail while a queue empties, and other mail systems that idle: which processes count, and what is undone.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

let root: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "postrelay-drain-"));
  put("etc/postfix/main.cf", "relayhost = [smtp.example.net]\n");
  put("var/lib/postfix-relay/live", "digest proven\nmain.cf\n");
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function put(name: string, text: string): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const mainCf = () => readFileSync(join(root, "etc/postfix/main.cf"), "utf8");
const there = (name: string) => existsSync(join(root, name));

/** Postfix that does what it is told, and holds a queue of so many messages. */
const stubs = `verb=test
running() { :; }
take_over() { :; }
postfix_installed() { :; }
flush_queue() { :; }
durable() { :; }
queue_length() { cat "$root/queue" 2>/dev/null || echo 0; }
now() { date +%s%N | cut -c 1-11; }
`;

function call([program, ...options]: readonly [string, ...string[]], script: string) {
  const file = put("script.sh", `set -u\nLC_ALL=C\n${definitions()}\n${stubs}\n${script}\n`);
  const { stdout, stderr } = spawnSync(program, [...options, file], {
    env: { PATH: process.env.PATH ?? "", POSTRELAY_ROOT: root },
    encoding: "utf8",
  });
  return `${stdout}${stderr}`.trim();
}

/** A program that sleeps, under another name; resolves when it runs. */
async function sleeper(file: string): Promise<number> {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync("/bin/sleep", file);
  chmodSync(file, 0o755);
  const child = spawn(file, ["600"], { stdio: "ignore" });
  started.push(child);
  await new Promise((resolve) => child.once("spawn", resolve));
  return child.pid ?? 0;
}

for (const shell of shells)
  describe(`${shell[0]}`, () => {
    const test = needs(shell[0]);
    const run = (script: string) => call(shell, script);

    test("mail is refused, and accepted again: nothing of it is left", () => {
      const before = mainCf();
      expect(run("refuse_mail || echo $failure")).toBe("");
      expect(mainCf()).toBe(
        `${before}# --- Added by postfix-relay for a while ---\nauthorized_submit_users =\nmaster_service_disable = inet\n`,
      );
      expect(run("is_refusing_mail && accept_mail || echo $failure")).toBe("");
      expect(mainCf()).toBe(before);
      expect(there("etc/postfix/.postfix-relay")).toBe(false);
      expect(there("var/lib/postfix-relay/accepting.cf")).toBe(false);
    });

    test("a main.cf that became live since is not replaced by the one of before", () => {
      run("refuse_mail");
      put("etc/postfix/main.cf", "relayhost = another\n");
      expect(run("accept_mail || echo $failure")).toBe("");
      expect(mainCf()).toBe("relayhost = another\n");
      expect(there("var/lib/postfix-relay/accepting.cf")).toBe(false);
    });

    test("while files are renamed the journal comes first", () => {
      run("refuse_mail");
      put("var/lib/postfix-relay/journal", "was running\n");
      expect(run("is_refusing_mail || echo later")).toBe("later");
    });

    test("a link is not replaced", () => {
      expect(
        run(
          'mv "$etc/main.cf" "$etc/mine" && ln -s mine "$etc/main.cf"; drain_queue; echo $? $failure; ls -A "$etc" "$state"',
        ),
      ).toMatch(/^73 cannot keep Postfix from accepting mail: .*main\.cf cannot be replaced: .* a link/);
      expect(there("var/lib/postfix-relay/accepting.cf")).toBe(false);
    });

    test("messages stay: mail is accepted again, with their number", () => {
      const before = mainCf();
      put("queue", "3\n");
      expect(run("wait_for() { [ $2 = nobody_submits ]; }; drain_queue; echo $? $failure")).toBe(
        "69 3 messages wait in the queue",
      );
      expect(mainCf()).toBe(before);
    });

    test("programs of Postfix hand in mail, also when they were replaced since; others of their name do not", async () => {
      expect(run("submitters")).toBe("");
      await sleeper(join(root, "tmp/sendmail"));
      await sleeper(join(root, "tmp/postdrop"));
      expect(run("submitters")).toBe("");
      const own = await sleeper(join(root, "usr/sbin/sendmail"));
      const smtpd = await sleeper(join(root, "usr/lib/postfix/sbin/smtpd"));
      expect(run("submitters").split("\n").sort()).toEqual(
        [`process ${own} (sendmail, root)`, `process ${smtpd} (smtpd, root)`].sort(),
      );
      rmSync(join(root, "usr/sbin/sendmail"));
      expect(run("submitters")).toContain(`process ${own} (sendmail, root)`);
    });

    test("another mail system whose process sleeps for a removed message is idle, once that is ended", async () => {
      const dma = join(root, "usr/sbin/dma");
      const choose = `mta_choose dma`;
      mkdirSync(dirname(dma), { recursive: true });
      copyFileSync("/bin/sleep", dma);
      chmodSync(dma, 0o755);
      const message = put("var/spool/dma/Q1", "x");
      const child = spawn("sh", ["-c", `exec "${dma}" 600 <"${message}"`], { stdio: "ignore" });
      started.push(child);
      const pid = String(child.pid);
      expect(
        run(
          `wait_for 5 eval '[ "$(readlink /proc/${pid}/exe)" = "${dma}" ]'; ${choose}; mta_idle || echo busy; mta_processes`,
        ),
      ).toBe(`busy\n${pid}`);
      rmSync(message);
      expect(run(`${choose}; mta_idle; wait_for 5 mta_idle && echo idle`)).toBe("idle");
    });
  });
