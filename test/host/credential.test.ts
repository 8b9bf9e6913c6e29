// Which passwords are live, without a word about them: the answer to a nonce, in each shell that a host may have.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { answerTo } from "../../src/rollout/holders.ts";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions();
const nonce = createHash("sha256").update("nonce").digest("hex");
const password = '[relay.example.net]:587 user:poison-秘密é\\ "$HOME" `id`\n';

let root: string;
const etc = (name: string) => join(root, "etc/postfix", name);
const state = (name: string) => join(root, "var/lib/postfix-relay", name);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "credential-"));
  for (const folder of ["etc/postfix", "run", "var/lib/postfix-relay/good/etc", "var/lib/postfix-relay/good/sent"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const place of [etc, (name: string) => state(`good/etc/${name}`)]) {
    writeFileSync(place("sasl_passwd"), password);
    writeFileSync(place("sasl_passwd.db"), "index");
    writeFileSync(place("main.cf"), "");
  }
  writeFileSync(state("good/sent/sasl_passwd"), password);
  writeFileSync(state("live"), "1a2b proven\nmain.cf\nsasl_passwd\nsasl_passwd.db\n");
  writeFileSync(state("owner"), "mail/prod/web-1\n");
  writeFileSync(state("format"), "1\n");
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const runs = needs(program);
  /** What `postrelay credential` says to that on its stdin. */
  const credential = (input = `${nonce}\n`, words = "") => {
    writeFileSync(join(root, "script"), `set -u\nverb=credential\n${tool}\ncredential ${words}`);
    const { status, stdout, stderr } = spawnSync(program, [...args, join(root, "script")], {
      input,
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
    expect(stdout + stderr).not.toContain("poison");
    return { code: status, ...(stdout ? JSON.parse(stdout) : {}) };
  };
  const live = { postrelay: "credential", version: 1, owner: "mail/prod/web-1", mark: "proven", why: "" };

  runs("the digest that this machine computes, of bytes that no shell may touch", () => {
    expect(credential()).toEqual({ code: 0, ...live, answer: answerTo(nonce, password) });
    expect(credential(nonce)).toMatchObject({ code: 0, answer: answerTo(nonce, password) });
    const other = nonce.split("").reverse().join("");
    expect(credential(`${other}\n`)).toMatchObject({ code: 0, answer: answerTo(other, password) });
  });

  runs("a nonce is 64 hex digits, and nothing else", () => {
    for (const wrong of [
      "",
      "\n",
      nonce.slice(1),
      `${nonce}0`,
      `${nonce}\nx\n`.slice(0, 10),
      nonce.toUpperCase(),
      `$(id)${nonce.slice(5)}`,
    ])
      expect(credential(wrong), wrong).toEqual({ code: 64 });
    expect(credential(`${nonce}\n`, "--json")).toEqual({ code: 64 });
  });

  runs("what the mark of the live configuration is", () => {
    for (const mark of ["paused", "rolled-back"]) {
      writeFileSync(state("live"), `1a2b ${mark}\nmain.cf\nsasl_passwd\nsasl_passwd.db\n`);
      expect(credential()).toMatchObject({ code: 0, mark, answer: answerTo(nonce, password) });
    }
  });

  runs("no answer where it would not be true, with the reason", () => {
    const silent = (why: RegExp) =>
      expect(credential()).toMatchObject({ code: 2, answer: "", why: expect.stringMatching(why) });
    appendFileSync(etc("sasl_passwd"), "# edited\n");
    silent(/sasl_passwd is not the one that was proven/);
    writeFileSync(etc("sasl_passwd"), password);
    writeFileSync(etc("sasl_passwd.db"), "another index");
    silent(/sasl_passwd\.db is not the one that was proven/);
    rmSync(etc("sasl_passwd"));
    silent(/sasl_passwd is not the one/);
    writeFileSync(state("format"), "99\n");
    silent(/written by a newer postfix-relay/);
    rmSync(state("live"));
    silent(/^no postfix-relay configuration is active$/);
  });

  runs("what else was edited is no reason", () => {
    appendFileSync(etc("main.cf"), "x = y\n");
    expect(credential()).toMatchObject({ code: 0, answer: answerTo(nonce, password) });
  });
});
