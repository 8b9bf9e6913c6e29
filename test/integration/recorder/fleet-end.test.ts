// What a fleet says as a whole: the waves in the preview, one summary when a wave fails, equal warnings once.

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();
const names = ["canary", "web-1", "web-2", "db-1", "db-2"];

/** A port for each host, since a host has one Relay; all lead to the one that records. */
const ports = await Promise.all(
  names.map(async () => {
    const server = createServer((incoming) => {
      const outgoing = connect(recorder.sshd.port, "127.0.0.1");
      for (const socket of [incoming, outgoing]) socket.on("error", () => incoming.destroy());
      incoming.pipe(outgoing).pipe(incoming);
    }).listen(0, "127.0.0.1");
    afterAll(() => void server.close());
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }),
);

const fleet = (more = "", waves = '["1", "2", "100%"]') => `
const hosts = ${JSON.stringify(names)}.map((name, index) => {
  const { connection, ...others } = args();
  return { name, ...others, connection: { ...connection, port: ${JSON.stringify(ports)}[index] }, ${more} };
});
new RelayFleet("mail", { hosts, waves: ${waves} });`;

/** What Pulumi says at the end; it says each line once before, as it comes. */
const ending = (text: string) => text.split("Diagnostics:").at(-1) ?? "";

/** What is told about the fleet itself, without colours and what Pulumi puts in front. */
const told = (text: string) => /postfix-relay:index:RelayFleet \(mail\):\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? "";

afterEach(async () => {
  recorder.behave("fail");
  await recorder.clear();
});

test("the preview names the waves, and an update does not", async () => {
  recorder.program(fleet());
  expect(told((await recorder.stack.pulumi(["preview"])).text)).toMatch(
    /Waves:\n\s+1\. canary\n\s+2\. web-1, web-2\n\s+3\. db-1, db-2/,
  );
  const up = await recorder.stack.up();
  expect(up).toMatchObject({ code: 0 });
  expect(told(up.text)).toBe("");
});

describe.each([
  ["", []],
  [" with --continue-on-error", ["--continue-on-error"]],
])("a wave fails%s:", (_, flags) => {
  test("one summary, with the reason, and with what was left alone", async () => {
    recorder.program(fleet());
    recorder.behave("fail", "^deliver .*/web-1 ");
    const { code, text } = await recorder.stack.up(...flags);
    expect(code).not.toBe(0);
    const summary = told(text);
    expect(summary).toMatch(/warning: Wave 2 of 3 has failed\./);
    expect(summary).toMatch(/\n\s+proven: canary, web-2\n/);
    expect(summary).toMatch(/\n\s+failed: web-1: asked to fail\n/);
    expect(summary).toMatch(/\n\s+not touched: db-1, db-2 \(a later wave\)\n/);
    expect(summary).toMatch(/The next `pulumi up` begins with web-1 and continues with the later waves\./);
    expect(ending(text).match(/has failed\./g)).toHaveLength(1);
    expect(recorder.commands().filter((line) => line.includes("/db-"))).toEqual([]);
    recorder.behave("fail");
    expect(await recorder.stack.up()).toMatchObject({ code: 0 });
    expect(recorder.commands()[0]).toMatch(/^deliver .*\/web-1 /);
  });

  test("all hosts of a wave for the same reason: they are one line", async () => {
    recorder.program(fleet("", '["100%"]'));
    recorder.behave("fail", "^start ");
    const { code, text } = await recorder.stack.up(...flags);
    expect(code).not.toBe(0);
    expect(told(text)).toMatch(
      /The update of the hosts has failed\.\n\s+failed: canary, web-1, web-2, db-1, db-2: asked/,
    );
    expect(ending(text).match(/has failed\./g)).toHaveLength(1);
  });
});

test("one step at a time: the summary comes all the same, and tells what was not finished", async () => {
  recorder.program(fleet("", '["100%"]'));
  recorder.behave("fail", "^install .*/canary ");
  const { code, text } = await recorder.stack.up("--parallel", "1");
  expect(code).not.toBe(0);
  expect(told(text)).toMatch(
    /failed: canary: asked to fail\n\s+not finished: web-1, web-2, db-1, db-2 \(of the same wave/,
  );
});

test("hosts that cannot be checked for the same reason are one warning", async () => {
  recorder.program(fleet('drift: "repair", connection: { ...connection, port: index + 1 }', '["100%"]'));
  const { text } = await recorder.stack.pulumi(["preview"]);
  const summary = told(text);
  expect(summary).toMatch(
    /5 of 5 hosts \(canary, web-1, web-2, db-1, db-2\) could not be checked for drift: nothing listens on its SSH port/,
  );
  expect(ending(text).match(/could not be checked/g)).toHaveLength(1);
});
