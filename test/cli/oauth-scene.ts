// `oauth login` against a real server on the loopback, with a stack in memory.

import { PassThrough } from "node:stream";
import { afterAll, afterEach, expect } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { type OauthWorld, oauth } from "../../src/cli/oauth.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import { pathIn } from "../../src/settings/problems.ts";
import { type OauthServer, openOauthServer } from "../support/oauth-server.ts";

type Tree = Record<string, unknown>;

/** What the command has done and said. */
export interface Outcome {
  code: number;
  out: string;
  /** What it has said, with the message of the Refusal that has ended it. */
  err: string;
  /** What `pulumi config set` got. */
  written: { stack: string; path: string; value: string; kind: string }[];
  /** Seconds that it has waited, one after the other. */
  waited: number[];
}

/** What a run finds. */
export interface Scene {
  /** The configuration of the stack, under `postfix-relay:`. */
  readonly config: Tree;
  readonly env?: Record<string, string>;
  /** What is pasted on a terminal, one after the other; gets what was said so far. */
  readonly paste?: readonly ((said: string) => string | Promise<string>)[];
  /** What comes on stdin. */
  readonly stdin?: (said: string) => string | Promise<string>;
  /** Is told each line, with all that was said so far; the run is over when that is done, too. */
  readonly heard?: (line: string, said: string) => unknown;
  /** Runs in place of `pulumi config set`; false where nothing is to be written. */
  readonly setting?: () => boolean;
  readonly interrupted?: AbortSignal;
  readonly wait?: OauthWorld["wait"];
}

/** The authorization server of the tests of a file: each of them finds it fresh. */
export async function oneServer(): Promise<OauthServer> {
  const server = await openOauthServer();
  afterAll(() => server.close());
  afterEach(() => {
    for (const list of [server.token, server.device, server.asked]) list.length = 0;
  });
  return server;
}

/** The address to open, in what was said. */
export const addressIn = (said: string) => /^https:\S+$/m.exec(said)?.[0] ?? "";

/** A browser: it opens the address, and is sent back to the one that this returns. */
export async function browserEnd(said: string): Promise<string> {
  const response = await fetch(addressIn(said), { redirect: "manual" });
  return response.headers.get("location") ?? "";
}

/** Runs `postfix-relay oauth login` with these words. No word of it may have a secret. */
export async function login(words: readonly string[], scene: Scene): Promise<Outcome> {
  const asked = await readArguments(["oauth", "login", ...words], "1.2.3");
  if (!("oauth" in asked)) throw new Error(`not understood: ${JSON.stringify(asked)}`);
  const done: Outcome = { code: -1, out: "", err: "", written: [], waited: [] };
  const heard: unknown[] = [];
  try {
    done.code = await oauth(asked.oauth, worldOf(scene, done, heard));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    done.code = error.code;
    done.err += error.message;
    expect(JSON.stringify({ ...error, stack: error.stack, cause: error.cause })).not.toContain("poison");
  }
  await Promise.all(heard);
  expect(done.out + done.err).not.toContain("poison");
  return done;
}

function worldOf(scene: Scene, done: Outcome, heard: unknown[]): OauthWorld {
  const config = structuredClone(scene.config);
  let clock = 0;
  const input = new PassThrough();
  const pastes = [...(scene.paste ?? [])];
  return {
    pulumi: async (...args) => {
      if (args.includes("--show-name")) return "prod\n";
      if (args.at(-1) !== "prod") throw new Refusal("there is no stack of that name", 64);
      const entries = Object.entries(config).map(([key, value]) => [
        `postfix-relay:${key}`,
        { value: typeof value === "string" ? value : JSON.stringify(value), secret: true },
      ]);
      return JSON.stringify(Object.fromEntries(entries));
    },
    set: async (stack, path, value, kind) => {
      done.written.push({ stack, path, value, kind });
      if (scene.setting?.() === false) return;
      put(config, pathIn(path.replace("postfix-relay:", "")) ?? [], value);
    },
    project: { stacks: ["prod", "dev"] },
    env: scene.env ?? {},
    input,
    hidden: scene.paste && (async () => (await pastes.shift()?.(done.err)) ?? ""),
    interrupted: scene.interrupted ?? new AbortController().signal,
    print: (text) => {
      done.out += text;
    },
    say: (text) => {
      done.err += `${text}\n`;
      heard.push(scene.heard?.(text, done.err));
      if (/paste it here/.test(text)) void Promise.resolve(scene.stdin?.(done.err)).then((line) => input.end(line));
    },
    wait: async (seconds, signal) => {
      done.waited.push(seconds);
      clock += seconds;
      await scene.wait?.(seconds, signal);
    },
    now: () => clock,
  };
}

function put(tree: Tree, [key = "", ...rest]: readonly (string | number)[], value: unknown): void {
  tree[key] = rest.length === 0 ? value : (tree[key] ?? {});
  if (rest.length > 0) put(tree[key] as Tree, rest, value);
}
