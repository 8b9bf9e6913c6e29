// A new project in a folder, after a few questions. It asks for no password, and overwrites nothing.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathText } from "../settings/problems.ts";
import type { HostKey } from "../ssh/host-key.ts";
import { USAGE } from "./exit-codes.ts";
import { type Answers, filesFor, hasUsername, loginOf, nextSteps, usableExtra, wrongAnswers } from "./init-files.ts";
import { type Run, takenFrom } from "./init-from.ts";
import { Refusal } from "./refusal.ts";
import type { InitOptions } from "./request.ts";
import type { TakenOver } from "./take-over.ts";

/** All that it touches beside the folder. */
export interface Around {
  /** Asks the user; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly hostKey: (host: string, port: number) => Promise<HostKey>;
  /** Runs a command on a host. */
  readonly run: Run;
  readonly say: (text: string) => void;
  readonly print: (text: string) => void;
  /** Version of this package. */
  readonly version: string;
}

/** The questions, in their order; the answer to one may be the default of a later one. */
const questions: readonly {
  readonly option: keyof Omit<InitOptions, "cwd" | "stack" | "json" | "from">;
  readonly text: string;
  readonly fallback?: (given: Partial<Answers>) => string;
}[] = [
  { option: "address", text: "Login on the host, as USER@HOST (root, or a user with sudo)" },
  {
    option: "name",
    text: "Name of the host in this project",
    fallback: ({ address = "" }) => {
      const [label = ""] = loginOf(address).host.split(".");
      return /^[a-z][\w-]*$/i.test(label) ? label : "web-1";
    },
  },
  {
    option: "domain",
    text: "Domain that the host belongs to",
    fallback: ({ address = "" }) =>
      loginOf(address)
        .host.replace(/^[^.]*\./, "")
        .replace(/^[\d.:]*$/, ""),
  },
  { option: "relay", text: "Relay: a provider such as sendgrid, or HOST:PORT" },
  { option: "username", text: "User name at the relay" },
  { option: "to", text: "Who gets the test message" },
];

/** Writes the project; its exit code. */
export async function init(options: InitOptions, around: Around): Promise<number> {
  const folder = resolve(options.cwd);
  const stack = options.stack;
  const there = ["Pulumi.yaml", "index.js", `Pulumi.${stack}.yaml`].filter((file) => existsSync(join(folder, file)));
  if (there.length > 0)
    throw new Refusal(
      `${there.join(" and ")} in ${folder}: nothing is overwritten; take an empty folder with -C DIR`,
      USAGE,
    );

  const { from } = options;
  const first = from === undefined ? await answersFor(options, around) : { ...options, address: from };
  const { host, port = 22 } = loginOf(first.address);
  const key = await around.hostKey(host, port).catch((error: Error) => {
    throw new Refusal(`the host key of ${host} cannot be fetched: ${error.message}`);
  });
  const taken = from === undefined ? NOTHING : await takenFrom(from, key.line, around.run, options.name);
  const known = { ...taken.answers, ...given(first) };
  const answers = { ...(await answersFor({ ...options, ...known }, around)), hostKey: key.line };
  // Who names another relay has another region and port.
  const { relayHost: _, region: __, ...others } = taken.extra;
  const { usable, problems } = usableExtra(answers, options.relay === undefined ? taken.extra : others);
  const wrong = wrongAnswers(answers, usable);
  if (wrong.length > 0) throw new Refusal(["these answers cannot be used:", ...wrong].join("\n  "), USAGE);
  const left = [...taken.lines, ...problems.map(({ path, reason }) => `${pathText(path)}: ${reason}`)];

  mkdirSync(folder, { recursive: true });
  const project = { name: projectName(folder), stack, answers, extra: usable, left };
  const files = Object.entries(filesFor(project, around.version));
  const fresh = files.filter(([name]) => !existsSync(join(folder, name)));
  for (const [name, text] of fresh) writeFileSync(join(folder, name), text, { flag: "wx" });
  const kept = files.filter((file) => !fresh.includes(file)).map(([name]) => name);
  const written = fresh.map(([name]) => name);
  if (options.json) {
    const found = { version: 2, folder, written, kept, fingerprint: key.fingerprint, notTakenOver: left };
    around.print(`${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  const install = kept.includes("package.json") ? "npm install postfix-relay @pulumi/pulumi" : "npm install";
  around.print(
    `Host key of ${host}: ${key.fingerprint}\n` +
      "Compare it with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host's console.\n" +
      `Written to ${folder}: ${written.join(", ")}\n` +
      (left.length > 0 ? `Not taken over from ${host}:\n${left.map((line) => `  ${line}\n`).join("")}` : "") +
      nextSteps(stack, usable, install),
  );
  return 0;
}

const NOTHING: TakenOver = { answers: {}, extra: {}, lines: [] };

/** The options that have a value. */
const given = (options: object) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** The options, and what the user answers to the questions that are left. */
async function answersFor(options: InitOptions, { ask }: Around): Promise<Omit<Answers, "hostKey">> {
  const found: Partial<Record<string, string>> = {};
  const missing: string[] = [];
  for (const { option, text, fallback } of questions) {
    if (option === "username" && options.username === undefined && hasUsername(found.relay)) continue;
    const value = fallback?.(found) ?? "";
    found[option] = options[option] ?? (ask ? await answer(ask, text, value) : value);
    if (!found[option]) missing.push(`--${option}`);
  }
  if (missing.length > 0) throw new Refusal(`there is no terminal to ask on; add ${missing.join(", ")}`, USAGE);
  return { username: "", ...found } as Omit<Answers, "hostKey">;
}

/** An answer, or the default; it is asked again while there is none. */
async function answer(ask: (question: string) => Promise<string>, text: string, value: string): Promise<string> {
  const given = (await ask(`${text}${value ? ` [${value}]` : ""}: `)).trim() || value;
  return given || (await answer(ask, text, value));
}

/** The name of the folder, as far as Pulumi takes it for a project. */
const projectName = (folder: string): string => basename(folder).replace(/[^\w.-]/g, "-") || "mail";
