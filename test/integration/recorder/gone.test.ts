// A host that is gone is removed from the state alone: nothing runs there, and the waves after it stay as they are.

import { expect, test } from "vitest";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();

const [first, second] = ["127.0.0.1", "localhost"];
const fleet = (...more: [name: string, host: string, more?: object][]) =>
  `new RelayFleet("hosts", { waves: ["1"], hosts: ${JSON.stringify(more)}.map(([name, host, more]) => ({ name, ...args(host, more) })) });`;

const up = async (program: string) => {
  recorder.program(program);
  const before = recorder.sshd.connections();
  const result = await recorder.stack.up();
  return { ...result, commands: recorder.commands(), connections: recorder.sshd.connections() - before };
};

test("in the middle of a change that was to reach it", async () => {
  expect(await up(fleet(["a", first], ["b", second]))).toMatchObject({ code: 0 });

  // The change, as far as it comes.
  const change = { limits: { concurrency: 3 } };
  recorder.behave("fail", "^main-cf .*/a ");
  expect((await up(fleet(["a", first, change], ["b", second, change]))).code).not.toBe(0);

  // Gone: neither this change nor another one is tried there. The next wave gets its own.
  const gone = { ...change, domain: "example.org", gone: true };
  const forgotten = await up(fleet(["a", first, gone], ["b", second, change]));
  expect(forgotten).toMatchObject({ code: 0 });
  expect(forgotten.commands.filter((line) => line.includes("/a "))).toEqual([]);
  expect(forgotten.commands.map((line) => line.replace(/ .*/, ""))).toEqual(["main-cf", "start", "deliver"]);
  expect(await recorder.stack.state()).toMatch(/"retainOnDelete": true/);

  // Taken out: no connection, and the wave after it is as it was.
  const without = await up(fleet(["b", second, change]));
  expect(without).toMatchObject({ code: 0, commands: [], connections: 0 });
  expect(await recorder.stack.state()).not.toContain("::a-delivery");
});

test("that was never set up whole", async () => {
  await recorder.clear();
  recorder.behave("fail", "^main-cf .*/a ");
  expect((await up(fleet(["a", first], ["b", second]))).code).not.toBe(0);
  const later = await up(fleet(["a", first, { gone: true }], ["b", second]));
  expect(later).toMatchObject({ code: 0 });
  expect(later.commands.filter((line) => line.includes("/a "))).toEqual([]);
  expect(recorder.done("postfix-relay/s/b")).toHaveLength(5);
  expect(later.text).not.toContain("No report was found");

  // It is there again after all: what was never done is done.
  recorder.behave("fail");
  expect(await up(fleet(["a", first], ["b", second]))).toMatchObject({ code: 0 });
  expect(recorder.done("postfix-relay/s/a")).toHaveLength(5);
});

test("with the machine that Pulumi itself has made, by `deletedWith`", async () => {
  await recorder.clear();
  const vps = (more: string) => `
    import { remote } from "@pulumi/command";
    const vps = new remote.Command("vps", { connection: args().connection });
    ${more}`;
  expect(await up(vps('new Relay("web-1", args(), { deletedWith: vps, dependsOn: vps });'))).toMatchObject({ code: 0 });
  expect(await up("")).toMatchObject({ code: 0, commands: [] });
});
