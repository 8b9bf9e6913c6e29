// A new project in a folder, after a few questions. It asks for no password, and overwrites nothing.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { HostKey } from "../ssh/host-key.ts";
import { USAGE } from "./exit-codes.ts";
import { type Answers, filesFor, loginOf, nextSteps, wrongAnswers } from "./init-files.ts";
import { Refusal } from "./refusal.ts";
import type { InitOptions } from "./request.ts";

/** All that it touches beside the folder. */
export interface Around {
  /** Asks the user; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly hostKey: (host: string, port: number) => Promise<HostKey>;
  readonly say: (text: string) => void;
  readonly print: (text: string) => void;
  /** Version of this package. */
  readonly version: string;
}

/** The questions, in their order; the answer to one may be the default of a later one. */
const questions: readonly {
  readonly option: keyof Omit<InitOptions, "cwd" | "stack" | "json">;
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

  const given = await answersFor(options, around);
  const { host, port = 22 } = loginOf(given.address);
  const key = await around.hostKey(host, port).catch((error: Error) => {
    throw new Refusal(`the host key of ${host} cannot be fetched: ${error.message}`);
  });
  const answers = { ...given, hostKey: key.line };
  const wrong = wrongAnswers(answers);
  if (wrong.length > 0) throw new Refusal(["these answers cannot be used:", ...wrong].join("\n  "), USAGE);

  mkdirSync(folder, { recursive: true });
  const files = Object.entries(filesFor(projectName(folder), stack, answers, around.version));
  const fresh = files.filter(([name]) => !existsSync(join(folder, name)));
  for (const [name, text] of fresh) writeFileSync(join(folder, name), text, { flag: "wx" });
  const kept = files.filter((file) => !fresh.includes(file)).map(([name]) => name);
  const written = fresh.map(([name]) => name);
  if (options.json) {
    around.print(`${JSON.stringify({ version: 2, folder, written, kept, fingerprint: key.fingerprint }, null, 2)}\n`);
    return 0;
  }
  const packages = kept.includes("package.json") ? "  npm install postfix-relay @pulumi/pulumi\n" : "";
  around.print(
    `Host key of ${host}: ${key.fingerprint}\n` +
      "Compare it with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host's console.\n" +
      `Written to ${folder}: ${written.join(", ")}\n` +
      nextSteps(stack).replace("  npm install\n", packages || "  npm install\n"),
  );
  return 0;
}

/** The options, and what the user answers to the questions that are left. */
async function answersFor(options: InitOptions, { ask }: Around): Promise<Omit<Answers, "hostKey">> {
  const found: Partial<Record<string, string>> = {};
  const missing: string[] = [];
  for (const { option, text, fallback } of questions) {
    const value = fallback?.(found) ?? "";
    found[option] = options[option] ?? (ask ? await answer(ask, text, value) : value);
    if (!found[option]) missing.push(`--${option}`);
  }
  if (missing.length > 0) throw new Refusal(`there is no terminal to ask on; add ${missing.join(", ")}`, USAGE);
  return found as Omit<Answers, "hostKey">;
}

/** An answer, or the default; it is asked again while there is none. */
async function answer(ask: (question: string) => Promise<string>, text: string, value: string): Promise<string> {
  const given = (await ask(`${text}${value ? ` [${value}]` : ""}: `)).trim() || value;
  return given || (await answer(ask, text, value));
}

/** The name of the folder, as far as Pulumi takes it for a project. */
const projectName = (folder: string): string => basename(folder).replace(/[^\w.-]/g, "-") || "mail";
