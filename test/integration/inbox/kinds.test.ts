// The proof in the inbox in other kinds of programs: an inline program of the Automation API, and YAML by the plugin.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../kinds/kinds.ts";
import type { Flags, Program } from "../kinds/program.ts";
import { made } from "../kinds/values.ts";
import { filesWith } from "../watch.ts";
import { openInbox, proofOf } from "./scene.ts";

const { world, receiver, env, inline, yaml } = await openInbox(["inline", "yaml"]);
const PASSWORD = `poison-Kx7Qm2 "q" $HOME`;
const SENDERS = "poison-Kx7Qm2";

describe.each([
  ["inline", kinds.inline, inline],
  ["yaml", kinds.yaml, yaml],
] as const)("%s", (_, kind, host) => {
  const said: string[] = [];
  let program: Program;

  const write = (timeoutSeconds: number, password = PASSWORD) => {
    const { inbox, bounces, ...proof } = proofOf(receiver, { required: true });
    program.write({
      relays: {
        web: {
          connection: { host: host.address, hostKey: host.hostKey, privateKey: made("secret", world.lab.key.private) },
          domain: "example.com",
          sender: "ops@example.com",
          relayHost: { host: receiver.host },
          credentials: { username: "relayuser", password: made("secret", "relaypass") },
          caCertificate: world.lab.ca,
          deliverability: { sentFrom: [receiver.address] },
          testDelivery: {
            ...{ ...proof, timeoutSeconds },
            inbox: { ...inbox, password: made("secret", password) },
            // In plain text: only the component knows that it is a secret.
            bounces: { ...bounces, password },
          },
        },
      },
    });
  };

  const run = async (verb: "preview" | "up" | "export", flags: Flags = {}): Promise<{ code: number; text: string }> => {
    const result = await program[verb](flags);
    said.push(result.text);
    return result;
  };
  /** Runs it, which has to succeed; how often somebody logged in to the mailbox meanwhile. */
  const logins = async (verb: "preview" | "up", flags: Flags = {}): Promise<number> => {
    const before = await receiver.logins();
    const { code, text } = await run(verb, flags);
    expect(code, text).toBe(0);
    return (await receiver.logins()) - before;
  };

  beforeAll(async () => {
    receiver.setPassword(PASSWORD);
    await receiver.set();
    program = await kind.open({ env });
  });
  afterAll(() => program?.remove());

  test("a preview looks into no mailbox, an update does, and then there is nothing to do", async () => {
    write(30);
    expect(await logins("preview", { diff: true })).toBe(0);
    expect(await logins("up", { diff: true })).toBeGreaterThan(0);
    expect(await logins("preview", { expectNoChanges: true })).toBe(0);
    expect(await logins("up")).toBe(0);
    expect((await run("export")).text).toMatch(/\\"state\\":\\"inbox\\",\\"folder\\":\\"INBOX\\"/);
  });

  test("a change with a saved plan", async () => {
    const plan = join(program.state, "..", "plan.json");
    write(31);
    expect(await logins("preview", { plan })).toBe(0);
    said.push(readFileSync(plan, "utf8"));
    expect(await logins("up", { plan })).toBeGreaterThan(0);
    rmSync(plan, { force: true });
  });

  test("in Junk it is red, and again without a new message", async () => {
    await receiver.set({ receive: "junk" });
    write(32);
    const first = await run("up");
    const messages = receiver.mailbox().length;
    const again = await run("up");
    for (const { code, text } of [first, again]) {
      expect(code).not.toBe(0);
      expect(text).toMatch(/postrelay: the test message is in the folder Junk of the mailbox/);
    }
    expect(receiver.mailbox().length).toBe(messages);
    await receiver.set();
    write(33);
    expect(await logins("up")).toBeGreaterThan(0);
    expect(await logins("preview", { expectNoChanges: true })).toBe(0);
  });

  test("no password of a mailbox is in the backend, on the host, or in anything that was said", () => {
    const marks = [SENDERS];
    expect(filesWith(program.state, marks)).toEqual([]);
    expect(filesWith(host.root, marks)).toEqual([]);
    for (const text of said) expect(text).not.toContain(SENDERS);
    expect(filesWith(program.state, ["mx.example.org"])).not.toEqual([]);
  });
});
