// What was found in the mailbox, as the host keeps it and tells it, in each shell that a host may have.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { arrivalOf, arrivalText, recordedIn } from "../../src/deliverability/inbox/arrival.ts";
import { inbox } from "../../src/host/steps.ts";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions();
const origin = { owner: "mail/prod/web-1", resource: "urn:pulumi:prod::mail::R::web-1", formerly: [] };
const token = "postfixrelay0123456789abcdef";
const arrival = arrivalOf({ state: "junk", folder: `Junk "é\\n" 'x' $HOME \`id\` 秘密`, seconds: 1.5, dmarc: "fail" });
const text = arrivalText(arrival);
const refusal = { why: "the test message is in the folder Junk of the mailbox", todo: 'Publish: x. TXT "a b"' };

let root: string;
const state = (name: string) => join(root, "var/lib/postfix-relay", name);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "seen-"));
  for (const folder of ["run", "etc/postfix", "var/lib/postfix-relay"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(state("owner"), "mail/prod/web-1\n");
  writeFileSync(state("resource"), `${origin.resource}\n`);
  writeFileSync(state("format"), "1\n");
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const runs = needs(program);
  /** What the tool says to that on its stdin. */
  const run = (verb: string, words: string, input: string) => {
    writeFileSync(join(root, "script"), `set -u\nverb=${verb}\n${tool}\n${words}`);
    const { status, stdout, stderr } = spawnSync(program, [...args, join(root, "script")], {
      input,
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
    return { code: status, stdout, stderr };
  };
  const seen = (given = { token, text } as Parameters<typeof inbox.toldStdin>[1]) =>
    run("seen", "seen", inbox.toldStdin(origin, given));

  runs("it is kept, byte for byte, and told by a check as it was given", () => {
    expect(seen()).toMatchObject({ code: 0, stdout: `{"postrelay":"seen","token":"${token}"}\n`, stderr: "" });
    expect(readFileSync(state("seen"), "utf8")).toBe(`${token} ${text}\n`);
    const report = run(
      "check",
      `facts_label='' facts_version='' check_sync=yes check_why='' queue_active=0 queue_deferred=0 queue_hold=0
       queue_oldest=0 queue_reason='' relayed_answer='' check_drift=''; check_json`,
      "",
    );
    expect(recordedIn(JSON.parse(report.stdout).seen)).toEqual({ token, arrival });
  });

  runs("what is not enough is kept too, and the step fails with our words", () => {
    const { code, stdout, stderr } = seen({ token, text, refusal });
    expect({ code, stdout }).toEqual({ code: 69, stdout: "" });
    expect(stderr).toBe(
      `postrelay: ${refusal.why}.\nWhat to do: ${refusal.todo}.\n` +
        "The new configuration is live: the mailbox is looked into after the switch.\n",
    );
    expect(readFileSync(state("seen"), "utf8")).toBe(`${token} ${text}\n`);
  });

  runs("nothing else is kept, and nobody else's word counts", () => {
    const other = { ...origin, owner: "mail/prod/web-2" };
    expect(run("seen", "seen", inbox.toldStdin(other, { token, text })).code).toBe(77);
    for (const [wrong, json] of [
      ["", text],
      ["a b", text],
      ["a;b", text],
      [token, "text"],
      [token, ""],
    ] as const)
      expect(seen({ token: wrong, text: json }), `${wrong} ${json}`).toMatchObject({ code: 64, stdout: "" });
    expect(existsSync(state("seen"))).toBe(false);
  });

  runs("undone, it is forgotten, unless another resource has the host now", () => {
    seen();
    const undo = (resource: string) =>
      run("restore", "restore inbox", inbox.toldStdin({ ...origin, resource }, { token, text }));
    expect(undo("urn:pulumi:prod::mail::R::other")).toMatchObject({ code: 0 });
    expect(existsSync(state("seen"))).toBe(true);
    expect(undo(origin.resource)).toMatchObject({ code: 0, stdout: expect.stringContaining('"restored":"inbox"') });
    expect(existsSync(state("seen"))).toBe(false);
  });

  runs("each message has a word of its own, of letters and digits, in the subject and the Message-ID", () => {
    const { stdout } = run("test", `message_token; message_token; test_lines a@b.c d@e.f TOKEN h.b.c Test words`, "");
    const [one, two, ...lines] = stdout.split("\n");
    expect([one, two]).toEqual([
      expect.stringMatching(/^postfixrelay[0-9a-f]{32}$/),
      expect.stringMatching(/^postfixrelay[0-9a-f]{32}$/),
    ]);
    expect(one).not.toBe(two);
    expect(lines.slice(0, 4)).toEqual([
      "From: postfix-relay on h.b.c <a@b.c>",
      "To: <d@e.f>",
      "Subject: Test from h.b.c TOKEN",
      "Message-ID: <TOKEN@h.b.c>",
    ]);
  });

  runs("the second Postfix passes on no order to make no report, beside what the operator discards", () => {
    mkdirSync(join(root, "generation/etc"), { recursive: true });
    mkdirSync(state("candidate/etc"), { recursive: true });
    const main = (line: string) => {
      writeFileSync(join(root, "generation/etc/main.cf"), `relayhost = [x]:587\n${line}`);
      const script = `generation_services=''; candidate_main_cf "$root/generation" && cat "$candidate_etc/main.cf"`;
      return run("start", script, "")
        .stdout.split("\n")
        .filter((one) => one.startsWith("smtp_discard"));
    };
    expect(main("")).toEqual(["smtp_discard_ehlo_keywords = dsn"]);
    expect(main("smtp_discard_ehlo_keywords = chunking, silent-discard\n")).toEqual([
      "smtp_discard_ehlo_keywords = dsn, chunking, silent-discard",
    ]);
    expect(main("smtp_discard_ehlo_keywords =\n")).toEqual(["smtp_discard_ehlo_keywords = dsn"]);
  });

  runs("a probe takes neither a sender nor a wish for reports, a message takes both", () => {
    const words = (given: string) =>
      run("test", `read_probe_words ${given}; echo "$? $probe_from $probe_notify $probe_to $probe_print"`, "").stdout;
    expect(words("--from a@b.c --notify --to d@e.f --json")).toBe("0 a@b.c failure d@e.f json\n");
    expect(words("--to d@e.f")).toBe("0  never d@e.f json\n");
    expect(words("--from nobody")).toMatch(/^64 /);
    for (const given of ["--notify", "--from a@b.c"])
      expect(run("probe", `probe ${given}`, ""), given).toMatchObject({ code: 64, stdout: "" });
  });
});
