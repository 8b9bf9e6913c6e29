// What a program of some kind leaves of a secret. The hosts only record.

import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../../lab/shell.ts";
import { stepNames } from "../../../src/host/command.ts";
import { taken } from "../rows.ts";
import { filesWith } from "../watch.ts";
import type { Program } from "./program.ts";
import { type Kind, openRecording, report } from "./recording.ts";
import { made } from "./values.ts";

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
        fallback: [{ host: "b.example.net" }, { host: "c.example.net" }],
        accounts: {
          "b.example.net": group({ username: "other", password: way(`${mark}-other`) }),
          "c.example.net": group({
            username: "third",
            oauth2: {
              tokenEndpoint: "https://login.example.net/token",
              clientId: "app",
              clientSecret: way(`${mark}-app-secret`),
              refreshToken: way(`${mark}-refresh-token`),
            },
          }),
        },
        // What is public is found in all these places: the search can find something.
        testDelivery: { to: `open-${mark}@example.org` },
      });
      return { given, keys: [own, proxy].map((text) => text.split("\n")[3] ?? "") };
    }

    const plain = (value: unknown) => value;
    interface Row {
      how: string;
      way: (value: unknown) => unknown;
      group: (value: object) => unknown;
      always?: boolean;
    }
    const rows: Row[] = [
      { how: "plain", way: plain, group: plain },
      ...ways.map((how) => ({ how, way: (value: unknown) => made(how, value), group: plain })),
      ...objects.map((how) => ({
        how: `objects: ${how}`,
        way: plain,
        group: (value: object) => made(how, value),
        always: how === "secret",
      })),
    ];

    test.each(taken(rows))("given as $how", async ({ way, group }) => {
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
