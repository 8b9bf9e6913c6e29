// A Relay under another name, under another parent, in another stack: which commands run, and that nothing is undone
// behind it.

import { expect, test } from "vitest";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();

const STEPS = ["delivery", "main-cf", "packages", "sasl-passwd", "service"];
const VERBS = ["install", "main-cf", "sasl-passwd", "start", "deliver"];
const all = (text: string) => VERBS.map((verb) => `${verb} ${text}`);

async function up(program: string) {
  recorder.program(program);
  const result = await recorder.stack.up();
  expect(result).toMatchObject({ code: 0 });
  return { text: result.text, commands: recorder.commands() };
}

test("one after the other, on one host", async () => {
  // Each step of this goes on from where the one before has ended.
  expect((await up('new Relay("web-1", args());')).commands).toEqual(all("postfix-relay/s/web-1 Relay"));

  // Under another parent, without an alias: new ones are made, the old ones undone afterwards, which does nothing.
  const moved = await up('new Web("web", (parent) => new Relay("web-1", args(), { parent }));');
  expect(moved.commands.slice(0, 5)).toEqual(all("postfix-relay/s/web-1 Web$Relay"));
  expect(moved.commands.slice(5)).toHaveLength(4);
  for (const line of moved.commands.slice(5)) expect(line).toMatch(/^restore \S+ postfix-relay\/s\/web-1 Relay$/);
  expect(recorder.done("postfix-relay/s/web-1")).toEqual(STEPS);

  // Under a parent of another type, with an alias: the same children, with their new URNs.
  const site = (name: string, relay: string, opts = "{}") =>
    `new Web("site", (parent) => new Relay("${name}", ${relay}), ${opts}, "Site");`;
  const into = await up(`
    const old = new Web("web", () => {});
    ${site("web-1", "args(), { parent, aliases: [{ parent: old }] }")}`);
  expect(into.commands).toEqual(all("postfix-relay/s/web-1 Site$Relay"));
  expect(into.text).not.toMatch(/web-1-\S+ (created|deleted)/);

  // Another name, with an alias.
  const renamed = await up(site("www", 'args(), { parent, aliases: [{ name: "web-1" }] }'));
  expect(renamed.commands).toEqual(all("postfix-relay/s/www Site$Relay after postfix-relay/s/web-1"));
  expect(renamed.text).not.toMatch(/www-\S+ created/);

  // Another name of the stack: only the argument can tell. Nothing else has changed.
  await recorder.stack.must(["stack", "rename", "t", "--stack", "s"]);
  recorder.program(site("www", 'args("127.0.0.1", { formerly: ["postfix-relay/s"] }), { parent }'));
  expect(await recorder.stack.pulumi(["up", "--yes", "--skip-preview", "--stack", "t"])).toMatchObject({ code: 0 });
  expect(recorder.commands()).toEqual(all("postfix-relay/t/www Site$Relay after postfix-relay/s/www"));
  await recorder.stack.must(["stack", "rename", "s", "--stack", "t"]);
}, 600_000);
