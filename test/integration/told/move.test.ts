// A Relay under another name, another parent, in another stack: who is told what, and that nothing is undone behind it.

import { expect } from "vitest";
import { row, Told } from "./world.ts";

const told = await Told.open();

const STEPS = ["delivery", "main-cf", "packages", "sasl-passwd", "service"];
const VERBS = ["install", "main-cf", "sasl-passwd", "start", "deliver"];
const all = (text: string) => VERBS.map((verb) => `${verb} ${text}`);

async function up(program: string) {
  told.program(program);
  const said = await told.stack.up();
  expect(said).toMatchObject({ code: 0 });
  return { text: said.text, news: told.news() };
}

row(
  "one after the other, on one host",
  async () => {
    // Each step of this goes on from where the one before has ended.
    expect((await up('new Relay("web-1", args());')).news).toEqual(all("postfix-relay/s/web-1 Relay"));

    // Under another parent, without an alias: new ones are made, the old ones undone afterwards, which does nothing.
    const moved = await up('new Web("web", (parent) => new Relay("web-1", args(), { parent }));');
    expect(moved.news.slice(0, 5)).toEqual(all("postfix-relay/s/web-1 Web$Relay"));
    expect(moved.news.slice(5)).toHaveLength(4);
    for (const line of moved.news.slice(5)) expect(line).toMatch(/^restore \S+ postfix-relay\/s\/web-1 Relay$/);
    expect(told.done("postfix-relay/s/web-1")).toEqual(STEPS);

    // Under a parent of another type, with an alias: the same ones, told who they are now.
    const site = (name: string, relay: string, opts = "{}") =>
      `new Web("site", (parent) => new Relay("${name}", ${relay}), ${opts}, "Site");`;
    const into = await up(`
    const old = new Web("web", () => {});
    ${site("web-1", "args(), { parent, aliases: [{ parent: old }] }")}`);
    expect(into.news).toEqual(all("postfix-relay/s/web-1 Site$Relay"));
    expect(into.text).not.toMatch(/web-1-\S+ (created|deleted)/);

    // Another name, with an alias.
    const renamed = await up(site("www", 'args(), { parent, aliases: [{ name: "web-1" }] }'));
    expect(renamed.news).toEqual(all("postfix-relay/s/www Site$Relay after postfix-relay/s/web-1"));
    expect(renamed.text).not.toMatch(/www-\S+ created/);

    // Another name of the stack: only the argument can tell. Nothing else has changed.
    await told.stack.must(["stack", "rename", "t", "--stack", "s"]);
    told.program(site("www", 'args("127.0.0.1", { formerly: ["postfix-relay/s"] }), { parent }'));
    expect(await told.stack.pulumi(["up", "--yes", "--skip-preview", "--stack", "t"])).toMatchObject({ code: 0 });
    expect(told.news()).toEqual(all("postfix-relay/t/www Site$Relay after postfix-relay/s/www"));
    await told.stack.must(["stack", "rename", "s", "--stack", "t"]);
  },
  600_000,
);
