// What a program of some kind tells its hosts when something is wrong. The hosts only record.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rarely, taken } from "../rows.ts";
import type { Program } from "./program.ts";
import { type Kind, openRecording, report } from "./recording.ts";
import { made, type Spec } from "./values.ts";

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

    const wrong: { what: string; change: object; says: RegExp; always?: true }[] = [
      {
        what: "a password that is known late",
        change: { credentials: { username: "u", password: made("later", "a\nb") } },
        says: /credentials\.password: got a text, which/,
        always: true,
      },
      {
        what: "a domain that is known late",
        change: { domain: made("later", "no domain") },
        says: /domain: got "no domain"/,
      },
      {
        what: "a recipient that is known late",
        change: { testDelivery: { to: made("later", "nobody") } },
        says: /testDelivery\.to: got "nobody"/,
      },
      {
        what: "the password of a mailbox that is known late",
        change: {
          testDelivery: {
            to: "ops@example.org",
            inbox: { host: "imap.example.org", user: "ops", password: made("later", "a\nb") },
          },
        },
        says: /testDelivery\.inbox\.password: got a text, which/,
      },
      {
        what: "an account that is known late",
        change: {
          fallback: [{ host: "b.example.net" }],
          accounts: { "b.example.net": { username: "u", password: made("later", "a\nb") } },
        },
        says: /accounts\["b\.example\.net"\]\.password: got a text, which/,
      },
      {
        what: "the look-up of an MX record",
        change: { domain: "elsewhere.example.com", ownDomainMail: "local", mxCheck: "error" },
        says: /ownDomainMail: is local, but mail to elsewhere/,
      },
      {
        what: "a sender whose mail would be refused",
        change: {
          sender: "ops@elsewhere.example.com",
          relayHost: { host: "dns.example.test" },
          deliverability: { mode: "error" },
        },
        says: /deliverability: mail from elsewhere\.example\.com .* will be refused by many receivers:.*Do: publish:/s,
      },
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

    rarely("a look that cannot be read, and one that is cut off: a warning, and nothing is undone", async () => {
      await up({ web: args() });
      for (const answer of ['{"postrelay":"check"', "\u0000\u001b[2J", "{}"]) {
        answers(answer);
        const result = await up({ web: args() });
        expect(result.code, result.text).toBe(0);
        expect(result.verbs.filter((verb) => verb.startsWith("restore"))).toEqual([]);
      }
    });

    test.each(taken(wrong))("$what: on a new host nothing, on one that is set up nothing", async ({ change, says }) => {
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

    rarely("a value that fails: nothing, and what it quotes is not shown", async () => {
      await up({ web: args() });
      const failing = await up({
        web: args({ credentials: { username: "user", password: made("fails", "quoted-Kx7") } }),
      });
      expect(failing, failing.text).toMatchObject({ verbs: [] });
      expect(failing.code).not.toBe(0);
      if (stops) expect(failing.text).toMatch(/credentials\.password: its value could not be computed/);
      if (stops) expect(failing.text).not.toContain("quoted-Kx7");
    });

    rarely.each(["at once", "later"] as const)("an exception of the program, %s: nothing is undone", async (throws) => {
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

    rarely("a step that fails, with --continue-on-error and without: nothing is undone", async () => {
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

    rarely("one that depends on another whose step fails: it is not changed, and nothing is undone", async () => {
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

    rarely("a step that fails with --continue-on-error: a host beside it gets its change", async () => {
      const both = (domain: string) => ({
        web: args({ domain }),
        other: args({ domain, connection: { ...args().connection, host: "localhost" } }),
      });
      expect(await up(both("example.com"), { exports: true })).toMatchObject({ code: 0 });
      fails("^main-cf .*/web ");
      program.write({ relays: both("example.org"), exports: true });
      const failed = await program.up({ continueOnError: true });
      fails();
      expect(failed.code, failed.text).not.toBe(0);
      expect(verbs(commands()).sort(), failed.text).toEqual(["deliver", "main-cf", "main-cf", "start"]);
    });

    rarely("one that fails with --continue-on-error, and one beside it: nothing is undone", async () => {
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
