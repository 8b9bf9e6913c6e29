// What a program of some kind tells its hosts, and what it leaves of a secret. The hosts only record.

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { must } from "../../../lab/shell.ts";
import { hostReport } from "../../../src/drift/host-report.ts";
import { stepNames } from "../../../src/host/command.ts";
import { startRecordingHost } from "../recorder/host.ts";
import { filesWith } from "../watch.ts";
import type { Program, Surroundings } from "./program.ts";
import { type How, made, type Spec } from "./values.ts";

/** A kind of program. */
export interface Kind {
  readonly name: string;
  readonly open: (around?: Surroundings) => Promise<Program>;
  /** How this language gives a value, beside plainly. */
  readonly ways: readonly How[];
  /** Whether an object may come like that, too. */
  readonly objects: readonly How[];
  /** Whether an error of the program ends the steps; to the plugin it is not told. */
  readonly stops: boolean;
}

/** A recording host, and programs that talk to it. */
async function openRecording() {
  const { sshd, folder } = await startRecordingHost();
  afterAll(() => sshd.close());
  const file = (name: string) => join(folder, name);
  const lines = (name: string): string[] => {
    const text = existsSync(file(name)) ? readFileSync(file(name), "utf8") : "";
    rmSync(file(name), { force: true });
    return text.split("\n").filter(Boolean);
  };
  const login = { user: sshd.user, privateKey: sshd.privateKey, hostKey: sshd.hostKey };
  const args = (more: object = {}) => ({
    connection: { host: "127.0.0.1", port: sshd.port, ...login, dialErrorLimit: 0 },
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    credentials: { username: "user", password: "correct horse" },
    testDelivery: { to: "ops@example.org" },
    ...more,
  });
  return {
    sshd,
    /** Lets a program ask the lab's DNS. */
    dns: {
      NODE_OPTIONS: `--require ${join(import.meta.dirname, "../../../lab/resolver.cjs")}`,
      LAB_DNS: sshd.lab.record.net.gateway,
    },
    args,
    commands: () => lines("commands"),
    looks: () => lines("looks").length,
    /** The commands that fail from now on, as a pattern of their lines; none without one. */
    fails(pattern?: string): void {
      if (pattern === undefined) rmSync(file("fail"), { force: true });
      else writeFileSync(file("fail"), `${pattern}\n`);
    },
    /** What the host answers to a look, and after how many seconds; undefined: nothing of ours is there. */
    answers(report: string | undefined, delay = 0): void {
      for (const [name, text] of [
        ["check", report],
        ["delay", delay || undefined],
      ] as const)
        if (text === undefined) rmSync(file(name), { force: true });
        else writeFileSync(file(name), `${text}\n`);
    },
  };
}

/** What an honest host says, with or without drift. */
export const report = (more: object = {}): string =>
  JSON.stringify(
    hostReport.parse({
      postrelay: "check",
      version: 1,
      sync: "yes",
      why: "",
      live: "aaaa proven",
      owner: "",
      differences: [],
      steps: [],
      id: "",
      postfixVersion: "3.7.11",
      active: 0,
      deferred: 0,
      hold: 0,
      oldestSeconds: 0,
      waitsFor: "",
      relayed: 0,
      relayedAnswer: "",
      ...more,
    }),
  );

const ALL = ["install", "main-cf", "sasl-passwd", "start", "deliver"];
const verbs = (commands: string[]) => commands.map((line) => line.replace(/ [^ ]*\/.*/, ""));

/** A red run does nothing on a host, neither on one that is set up nor on a new one. */
export function describeRedRuns({ name, open, stops }: Kind): void {
  describe(`${name}: what a host is told`, async () => {
    const { args, commands, looks, answers, fails, dns } = await openRecording();
    let program: Program;
    const up = async (relays: Record<string, object>, more: Omit<Spec, "relays"> = {}) => {
      program.write({ relays: relays as Record<string, Record<string, unknown>>, ...more });
      const result = await program.up();
      return { ...result, verbs: verbs(commands()) };
    };
    beforeAll(async () => {
      program = await open({ env: dns });
    });
    beforeEach(() => answers(report()));
    afterEach(async () => {
      await program.destroy();
      commands();
      looks();
    });
    afterAll(() => program.remove());

    const wrong: [what: string, args: object, says: RegExp][] = [
      [
        "a password that is known late",
        { credentials: { username: "u", password: made("later", "a\nb") } },
        /credentials\.password: got a text, which/,
      ],
      ["a domain that is known late", { domain: made("later", "no domain") }, /domain: got "no domain"/],
      [
        "a recipient that is known late",
        { testDelivery: { to: made("later", "nobody") } },
        /testDelivery\.to: got "nobody"/,
      ],
      [
        "an account that is known late",
        {
          fallback: [{ host: "b.example.net" }],
          accounts: { "b.example.net": { username: "u", password: made("later", "a\nb") } },
        },
        /accounts\["b\.example\.net"\]\.password: got a text, which/,
      ],
      [
        "the look-up of an MX record",
        { domain: "elsewhere.example.com", ownDomainMail: "local", mxCheck: "error" },
        /ownDomainMail: is local, but mail to elsewhere/,
      ],
    ];

    test("a program that exports nothing, and a look of 4 s: all steps, and nothing is undone", async () => {
      answers(report(), 4);
      const first = await up({ web: args() });
      expect(first, first.text).toMatchObject({ code: 0, verbs: ALL });
      expect(looks()).toBe(1);
      const again = await up({ web: args() });
      expect(again, again.text).toMatchObject({ code: 0, verbs: [] });
      expect(looks()).toBe(1);
    });

    test("a look that cannot be read, and one that is cut off: a warning, and nothing is undone", async () => {
      await up({ web: args() });
      for (const answer of ['{"postrelay":"check"', "\u0000\u001b[2J", "{}"]) {
        answers(answer);
        const result = await up({ web: args() });
        expect(result.code, result.text).toBe(0);
        expect(result.verbs.filter((verb) => verb.startsWith("restore"))).toEqual([]);
      }
    });

    test.each(wrong)("%s: on a new host nothing, on one that is set up nothing", async (_, change, says) => {
      const fresh = await up({ web: args(change) });
      expect(fresh, fresh.text).toMatchObject({ code: 1, verbs: [] });
      expect(fresh.text).toMatch(says);
      expect(fresh.text).not.toContain("error serializing");
      expect(await up({ web: args() })).toMatchObject({ code: 0, verbs: ALL });
      const later = await up({ web: args(change) });
      expect(later, later.text).toMatchObject({ code: 1, verbs: [] });
      expect(later.text).toMatch(says);
      const preview = await program.preview();
      expect(preview.code).not.toBe(0);
      expect(preview.text).toMatch(says);
      const mended = await up({ web: args() });
      expect(mended, mended.text).toMatchObject({ code: 0, verbs: [] });
    });

    test("a value that fails: nothing, and what it quotes is not shown", async () => {
      await up({ web: args() });
      const failing = await up({
        web: args({ credentials: { username: "user", password: made("fails", "quoted-Kx7") } }),
      });
      expect(failing, failing.text).toMatchObject({ verbs: [] });
      expect(failing.code).not.toBe(0);
      if (stops) expect(failing.text).toMatch(/credentials\.password: its value could not be made/);
      if (stops) expect(failing.text).not.toContain("quoted-Kx7");
    });

    test.each(["at once", "later"] as const)("an exception of the program, %s: nothing is undone", async (throws) => {
      const fresh = await up({ web: args() }, { throws });
      expect(fresh.code, fresh.text).not.toBe(0);
      if (stops) expect(fresh.verbs).not.toContain("deliver");
      if (stops && throws === "at once") expect(fresh.verbs).toEqual([]);
      expect(await up({ web: args() })).toMatchObject({ code: 0 });
      const later = await up({ web: args({ domain: "example.org" }) }, { throws });
      expect(later.code, later.text).not.toBe(0);
      expect(later.verbs.filter((verb) => verb.startsWith("restore"))).toEqual([]);
      if (stops) expect(later.verbs).not.toContain("deliver");
      expect(await up({ web: args() })).toMatchObject({ code: 0 });
    });

    test("a step that fails, with --continue-on-error and without: nothing is undone", async () => {
      await up({ web: args() });
      for (const continueOnError of [true, false]) {
        fails("^main-cf ");
        program.write({ relays: { web: args({ domain: `${continueOnError}.example.org` }) } });
        const failed = await program.up({ continueOnError });
        fails();
        expect(failed.code, failed.text).not.toBe(0);
        expect(verbs(commands())).toEqual(["main-cf"]);
      }
      expect(await up({ web: args() })).toMatchObject({ code: 0 });
    });

    test("one that depends on another whose step fails: it is not changed, and nothing is undone", async () => {
      const both = (domain: string) => ({
        web: args({ domain }),
        other: args({ domain, connection: { ...args().connection, host: "localhost" } }),
      });
      expect(await up(both("example.com"), { inTurn: true })).toMatchObject({ code: 0 });
      for (const continueOnError of [true, false]) {
        fails("^main-cf .*/web ");
        program.write({ relays: both(`${continueOnError}.example.org`), inTurn: true });
        const failed = await program.up({ continueOnError });
        fails();
        expect(failed.code, failed.text).not.toBe(0);
        expect(verbs(commands()), failed.text).toEqual(["main-cf"]);
      }
      expect(await up(both("example.com"), { inTurn: true })).toMatchObject({ code: 0 });
    });

    test("one that fails with --continue-on-error, and one beside it: nothing is undone", async () => {
      const other = { ...args(), connection: { ...args().connection, host: "localhost" } };
      await up({ web: args(), other });
      program.write({
        relays: { web: args({ credentials: { username: "u", password: made("later", "a\nb") } }), other },
      });
      expect((await program.up({ continueOnError: true })).code).not.toBe(0);
      expect(commands().filter((line) => line.startsWith("restore"))).toEqual([]);
      expect(await up({ web: args(), other })).toMatchObject({ code: 0, verbs: [] });
    });
  });
}

/** Every secret in every way is in nothing that a program of this kind leaves behind. */
export function describeSecrets({ name, open, ways, objects }: Kind): void {
  describe(`${name}: secrets`, async () => {
    const { sshd, args, answers } = await openRecording();
    let program: Program;
    const printed: string[] = [];
    beforeAll(async () => {
      program = await open();
    });
    afterAll(() => program.remove());

    /** A new key that opens the host, and that only this passphrase opens. */
    async function key(passphrase: string): Promise<string> {
      const file = join(sshd.folder, randomUUID());
      await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "marked", "-f", file]);
      sshd.authorize(readFileSync(`${file}.pub`, "utf8").trim());
      return readFileSync(file, "utf8");
    }

    /** Arguments with every secret, each with a mark of this way in it. */
    async function poisoned(mark: string, way: (value: unknown) => unknown, group: (value: object) => unknown) {
      const [own, proxy] = await Promise.all([key(`${mark}-pass`), key(`${mark}-jump`)]);
      const login = (privateKey: string, passphrase: string) => ({
        privateKey: way(privateKey),
        privateKeyPassword: way(passphrase),
      });
      const given = args({
        connection: group({
          ...args().connection,
          ...login(own, `${mark}-pass`),
          host: sshd.address,
          port: 22,
          proxy: {
            host: "127.0.0.1",
            port: sshd.port,
            user: sshd.user,
            hostKey: sshd.hostKey,
            ...login(proxy, `${mark}-jump`),
          },
        }),
        credentials: group({ username: "user", password: way(`${mark}-word "q" \\b $HOME 秘密`) }),
        fallback: [{ host: "b.example.net" }],
        accounts: { "b.example.net": group({ username: "other", password: way(`${mark}-other`) }) },
        // What is public is found in all these places: the search can find something.
        testDelivery: { to: `open-${mark}@example.org` },
      });
      return { given, keys: [own, proxy].map((text) => text.split("\n")[3] ?? "") };
    }

    const plain = (value: unknown) => value;
    const rows: [how: string, way: (value: unknown) => unknown, group: (value: object) => unknown][] = [
      ["plain", plain, plain],
      ...ways.map((how) => [how, (value: unknown) => made(how, value), plain] as (typeof rows)[number]),
      ...objects.map((how) => [`objects: ${how}`, plain, (value: object) => made(how, value)] as (typeof rows)[number]),
    ];

    test.each(rows)("given as %s", async (_, way, group) => {
      const mark = `poison-${randomUUID().slice(0, 8)}`;
      const { given, keys } = await poisoned(mark, way, group);
      const plan = join(program.state, "..", "plan.json");
      const said: [where: string, text: string][] = [];
      const keep = async (where: string, run: Promise<{ code: number; text: string }>) => {
        const { code, text } = await run;
        expect(code, `${where}: ${text}`).toBe(0);
        said.push([where, text]);
      };
      answers(report());
      program.write({ relays: { web: given }, exports: true });
      await keep("preview --diff", program.preview({ diff: true, plan }));
      await keep("preview --json", program.preview({ json: true }));
      await keep("up", program.up({ diff: true, plan }));
      // A drift of every step is repaired.
      answers(report({ sync: "no", differences: ["main.cf was edited"], steps: [...stepNames], id: mark.slice(-8) }));
      await keep("up of drift", program.up({ diff: true }));
      await keep("stack export", program.export());
      said.push(["the plan's file", readFileSync(plan, "utf8")]);
      rmSync(plan);
      printed.push(...said.map(([, text]) => text));

      for (const [where, text] of said)
        for (const secret of [mark, ...keys]) expect(leaks(text, secret), where).toEqual([]);
      for (const secret of [mark, ...keys])
        for (const file of filesWith(program.state, [secret]))
          expect(leaks(readFileSync(file, "utf8"), secret), file).toEqual([]);
      // The control: what is public was found everywhere.
      const open = [`open-${mark}@`];
      for (const where of ["preview --diff", "preview --json", "the plan's file", "stack export"])
        expect(said.find(([name]) => name === where)?.[1], where).toContain(open[0]);
      expect(filesWith(program.state, open).length).toBeGreaterThan(2);
    });

    test("destroy", async () => {
      answers(report());
      const { code, text } = await program.destroy();
      expect(code, text).toBe(0);
      expect(text).not.toMatch(/poison-/);
    });
  });
}

/** The places where a secret stands in a text, without those where it is part of what is public on purpose. */
function leaks(text: string, secret: string): string[] {
  return text.split(`open-${secret}`).join("").includes(secret)
    ? [excerpt(text.split(`open-${secret}`).join(""), secret)]
    : [];
}

function excerpt(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 80), at + 80);
}
