// What somebody has written into main.cf and master.cf, beside what was proven: both values, and no password.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const root = mkdtempSync(join(tmpdir(), "edits-"));
afterAll(() => rmSync(root, { recursive: true }));
const tool = definitions();

const known = [
  "relayhost",
  "biff",
  "smtp_sasl_auth_enable",
  "smtp_sasl_password_maps",
  "virtual_alias_maps",
  "notify_classes",
];

interface Files {
  proven: string;
  live: string;
}

/** What is said of a main.cf, and of a service of master.cf, as postconf would print them. */
function said(
  [program = "sh", ...args]: readonly string[],
  main: Files,
  master: Files = { proven: "", live: "" },
): string[] {
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  mkdirSync(join(root, "etc/postfix"), { recursive: true });
  for (const [name, { proven, live }] of Object.entries({ main, master })) {
    write(`${name}.proven`, proven);
    write(`${name}.live`, live);
  }
  write("known", `${known.join("\n")}\n`);
  write(
    "script",
    `set -u\n${tool}
    postconf() {
      case $* in
      -dH) cat "$root/known" ;;
      '-c '*good*' -n') cat "$root/main.proven" ;;
      -n) cat "$root/main.live" ;;
      '-c '*good*' -M '*) cat "$root/master.proven" ;;
      *' -M '*) cat "$root/master.live" ;;
      esac
    }
    edited_parameters
    edited_service smtp/unix`,
  );
  const env = { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root };
  return execFileSync(program, [...args, join(root, "script")], { encoding: "utf8", env })
    .trimEnd()
    .split("\n");
}

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, shell) => {
  const runs = needs(shell[0]);

  runs("a line for each parameter: the value that is, and the one that was proven", () => {
    const proven =
      "relayhost = [relay-1.example.test]:587\nbiff = no\nsmtp_sasl_auth_enable = yes\nconfig_directory = /a\n";
    const live =
      "relayhost = [other.example.net]:25\nsmtp_sasl_auth_enable = no\nnotify_classes =\nconfig_directory = /b\n";
    expect(said(shell, { proven, live })).toEqual([
      ": relayhost is [other.example.net]:25, proven is [relay-1.example.test]:587",
      ": smtp_sasl_auth_enable is no, proven is yes",
      ": notify_classes is empty, proven is the default",
      ": biff is gone, proven is no",
    ]);
  });

  runs("a name of our own is gone with the parameter that had it, or alone", () => {
    const proven = "biff = $ours\nours = no\n";
    expect(said(shell, { proven, live: "biff = yes\n" })).toEqual([": biff is yes, proven is $ours"]);
    expect(said(shell, { proven, live: "biff = $ours\n" })).toEqual([": ours is gone, proven is (not shown)"]);
  });

  runs("nothing is left of it: one line", () => {
    expect(said(shell, { proven: "relayhost = [x]:587\nbiff = no\n", live: "config_directory = /b\n" })).toEqual([
      ": nothing of what was proven is in it",
    ]);
  });

  runs("what may hold a password is not shown, on either side", () => {
    const lines = said(shell, {
      proven: "smtp_sasl_password_maps = inline:{ x=Kx7-a }\nvirtual_alias_maps = hash:/a\n",
      live: "smtp_sasl_password_maps = inline:{ x=Kx7-b }\nvirtual_alias_maps = static:Kx7-c\nmy_pw = Kx7-d\n",
    });
    expect(lines).toEqual([
      ": smtp_sasl_password_maps has another value (not shown)",
      ": virtual_alias_maps is (not shown), proven is hash:/a",
      ": my_pw is (not shown), proven is the default",
    ]);
  });

  runs("a long value is cut, and beyond twenty lines they are counted", () => {
    const [line] = said(shell, { proven: "relayhost = x\n", live: `relayhost = ${"y".repeat(300)}\n` });
    expect(line).toBe(`: relayhost is ${"y".repeat(160)}..., proven is x`);
    const many = Array.from({ length: 25 }, (_, at) => `my_${at} = 1\n`).join("");
    const lines = said(shell, { proven: "", live: many });
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe(": 5 other parameters have other values too");
  });

  runs("only a comment: no parameter is another", () => {
    expect(said(shell, { proven: "biff = no\n", live: "biff = no\n" })).toEqual([""]);
  });

  runs("a service, without the values of its options", () => {
    const service = (rest: string) => `smtp       unix  -  -  y  -  -  smtp\n${rest}`;
    expect(
      said(shell, { proven: "", live: "" }, { proven: service(""), live: service("    -o my_pw=Kx7-a\n") }),
    ).toEqual(["", ": it is smtp unix - - y - - smtp -o (not shown), proven is smtp unix - - y - - smtp"]);
  });
});
