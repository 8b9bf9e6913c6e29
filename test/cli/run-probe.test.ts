import { expect, test } from "vitest";
import { looked, silent } from "../support/looks.ts";
import { command, probe, state } from "./scene.ts";

test("no host is probed unasked", async () => {
  expect((await command({}, { prod: state("web-1") })).called).toEqual([]);
});

test("each host that is there and ours is probed, once", async () => {
  const looks = {
    "web-2": looked({ owner: "mail/prod/web-2", sync: "no", differences: ["x"] }),
    down: silent,
    other: looked({ owner: "web/prod/other" }),
  };
  const probes = { "web-2": probe("no", "The relay refuses the user name or password.") };
  const prod = state("web-1", "web-2", "down", "other");
  const { code, out, called, progress } = await command({ probe: true }, { prod }, { looks, probes });
  expect(code).toBe(1);
  expect(called).toEqual(["web-1: probe --json (90 s)", "web-2: probe --json (90 s)"]);
  expect(out).toMatch(/^HOST +STATE +PROBE +DETAILS$/m);
  expect(out).toMatch(/^web-1 +in sync +answered$/m);
  expect(out).toMatch(/^web-2 +drift +not answered +x\n +probe: The relay refuses the user name or password\.$/m);
  expect(out).toMatch(/^down +no answer +no answer within 5 s$/m);
  expect(out).toMatch(/; 2 probed: 1 answered, 1 not answered\n$/);
  expect(progress.slice(-2)).toEqual(["checked 4 of 4 hosts, probed 2", ""]);
});

test.each<[what: string, answer: string | Error, code: number, row: RegExp]>([
  ["it cannot tell", probe("unknown", "mail is paused"), 2, /unknown +probe: mail is paused$/m],
  ["bounces are refused", probe("yes", "bounces are refused"), 0, /answered +probe: but bounces are refused$/m],
  ["an older tool", "usage: …", 2, /tool failed +probe: postrelay is installed but does not answer/],
  ["the connection breaks", new Error("no answer within 90 s"), 2, /no answer +probe: no answer within 90 s$/m],
  ["what would write on the terminal", probe("no", "a\u001b[2Jb"), 1, /not answered +probe: a \[2Jb$/m],
])("a probe: %s", async (_, answer, code, row) => {
  const asked = { probe: true, to: "it's@example.org" };
  const found = await command(asked, { prod: state("web-1") }, { probes: { "web-1": answer } });
  expect(found).toMatchObject({ code, out: expect.stringMatching(row) });
  expect(found.called).toEqual(["web-1: probe --json --to 'it'\\''s@example.org' (90 s)"]);
});

test("eight probes at a time, whatever the looks do; one that hangs holds up no other", async () => {
  const names = Array.from({ length: 20 }, (_, at) => `web-${at}`);
  const turns = names.map(() => Promise.withResolvers<string>());
  const probes = Object.fromEntries(names.map((name, at) => [name, turns[at]?.promise as Promise<string>]));
  let atOnce = 0;
  const counted = new Proxy(probes, {
    get: (all, name: string) => {
      atOnce += 1;
      return all[name]?.finally(() => {
        atOnce -= 1;
      });
    },
  });
  const run = command({ probe: true }, { prod: state(...names) }, { probes: counted });
  const most: number[] = [];
  for (const turn of turns.slice(1)) {
    await new Promise(setImmediate);
    most.push(atOnce);
    turn.resolve(probe("yes"));
  }
  await new Promise(setImmediate);
  expect([Math.max(...most), atOnce]).toEqual([8, 1]);
  turns[0]?.resolve(probe("yes"));
  expect((await run).called).toHaveLength(20);
});
