// A command in memory: the stacks and hosts that it finds, and what it says of them.

import { expect } from "vitest";
import { Refusal } from "../../src/cli/refusal.ts";
import type { Request } from "../../src/cli/request.ts";
import { run } from "../../src/cli/run.ts";
import type { Look } from "../../src/drift/look.ts";
import { HOST_KEY } from "../support/args.ts";
import { looked } from "../support/looks.ts";
import { sealed, stateWith } from "../support/state.ts";

const request: Request = { command: "check", cwd: ".", stacks: [], all: false, hosts: [], json: false, probe: false };

export const argsOf = (name: string) => ({
  connection: { host: name, hostKey: HOST_KEY },
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: sealed("poison-x") },
  testDelivery: { to: "ops@example.org" },
});

/** The state of a stack with these hosts; `old` is gone. */
export const state = (...names: string[]) =>
  stateWith(
    "prod",
    "mail",
    names.map((name) => ({ name, args: { ...argsOf(name), ...(name === "old" && { gone: true }) } })),
  );

/** A stack file with these hosts. */
export const file = (...names: string[]) =>
  `config:\n  postfix-relay:hosts: ${JSON.stringify(
    names.map((name) => ({ name, ...argsOf(name), credentials: { username: "user", password: { secure: "v1" } } })),
  )}\n`;

interface Scene {
  looks?: Record<string, Look | Promise<Look>>;
  files?: Record<string, string>;
  /** What a host answers to a probe; usually that the relay has answered. */
  probes?: Record<string, string | Error | Promise<string>>;
  /** What `pulumi stack ls` has; all stacks that have a state. */
  listed?: string[];
}

/** Runs a command where these stacks and hosts are. */
export async function command(
  asked: Partial<Request>,
  stacks: Record<string, string | Refusal>,
  { looks = {}, files = {}, probes = {}, listed = Object.keys(stacks) }: Scene = {},
) {
  const none: string[] = [];
  const said = { out: "", err: "", progress: [...none], looked: [...none], asked: [...none], called: [...none] };
  const pulumi = async (...args: string[]) => {
    said.asked.push(args.join(" "));
    if (args.includes("ls")) return JSON.stringify(listed.map((name) => ({ name })));
    if (args.includes("--show-name")) return `${listed[0]}\n`;
    const name = args.includes("--stack") ? args.at(-1) : listed[0];
    const found = stacks[name ?? ""] ?? new Refusal("there is no stack of that name", 64);
    if (found instanceof Refusal) throw found;
    return found;
  };
  const project = { name: "mail", stacks: Object.keys(files), file: (stack: string) => files[stack] };
  const code = await run(
    { ...request, ...asked },
    {
      pulumi,
      project,
      look: async ({ host }) => {
        said.looked.push(host);
        return looks[host] ?? looked({ owner: "" });
      },
      call: async ({ host }, words, seconds) => {
        said.called.push(`${host}: ${words} (${seconds} s)`);
        const stdout = await (probes[host] ?? probe("yes"));
        if (stdout instanceof Error) throw stdout;
        return { code: 0, stdout };
      },
      print: (text) => {
        said.out += text;
      },
      say: (text) => {
        said.err += `${text}\n`;
      },
      progress: (text) => said.progress.push(text),
      width: 100,
      color: false,
      now: () => 1_790_000_300,
    },
  );
  expect(said.out + said.err + said.progress.join()).not.toContain("poison");
  return { code, ...said };
}

/** What the tool prints of a probe. */
export const probe = (answered: string, why = "") =>
  JSON.stringify({ postrelay: "probe", version: 1, answered, relay: "r[192.0.2.1]:587", answer: "250 2.1.5 Ok", why });
