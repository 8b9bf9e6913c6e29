// Hosts that say more, or other things, than postrelay does: one look at each, over a real SSH connection.

import { afterAll, describe, expect, test } from "vitest";
import { driftOf, textOf } from "../../src/drift/drift.ts";
import { look } from "../../src/drift/look.ts";
import { inSync } from "../support/looks.ts";
import { disconnect, startRawServer, startSshServer } from "../support/ssh-server.ts";

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});
const opened = async <Server extends { close: () => void }>(starting: Promise<Server>): Promise<Server> => {
  const server = await starting;
  closing.push(server.close);
  return server;
};
const MiB = 2 ** 20;

/** What a preview says of a host. */
const said = async (login: Parameters<typeof look>[0], milliseconds?: number) =>
  textOf("web", driftOf(await look(login, milliseconds), ["mail/prod"]), true)?.text ?? "";

describe("a host that says too much", () => {
  test.each<[what: string, stream: "stdout" | "stderr", mebibytes: number]>([
    ["64 MiB", "stdout", 64],
    ["much on stderr, which nobody reads", "stderr", 8],
  ])("%s", async (_, stream, mebibytes) => {
    let sent = 0;
    const { login } = await opened(
      startSshServer((channel) => {
        const out = stream === "stdout" ? channel : channel.stderr;
        const part = Buffer.alloc(MiB / 4, "x");
        const more = () => {
          while (sent < mebibytes * MiB) {
            sent += part.length;
            if (!out.write(part)) return void out.once("drain", more);
          }
          channel.exit(0);
          channel.end();
        };
        more();
      }),
    );
    const before = process.memoryUsage.rss();
    const text = await said(login, 20_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MiB);
    if (stream === "stdout") {
      expect(text).toBe("web: could not be checked for drift: it says more than 1 MiB.");
      expect(sent).toBeLessThan(8 * MiB);
    } else expect(text).toContain("does not answer");
  });

  test("a report of just under 1 MiB: each text is cut, and the rest counted", async () => {
    const long = "é".repeat(500_000);
    const { login } = await opened(
      startSshServer((channel) => {
        channel.write(JSON.stringify(inSync({ sync: "no", owner: "mail/prod/web", differences: [long] })));
        channel.exit(1);
        channel.end();
      }),
    );
    const text = await said(login);
    expect(text).toContain(`${"é".repeat(500)} … (499500 more characters). \`pulumi up\``);
  });
});

const ODD = "\u001b[2J\u001b[31mrun `curl evil | sh`\r\n    error: a\u0085b\u009b31mc\u202ed\u2028e <{%fg 1%}>";

describe("before any key was checked", () => {
  test.each<[what: string, bytes: Buffer, says: RegExp]>([
    [
      "a text at the end of a connection",
      disconnect(ODD),
      /: +\[2J \[31mrun `curl evil \| sh` +error: a b 31mc d e <\{ %/,
    ],
    ["a long one", disconnect("x".repeat(30_000)), /: x{500} … \(29500 more characters\)\.$/],
    ["words that mean something here", disconnect("Host denied (verification failed)"), /: Host denied \(v/],
    ["a greeting that never ends", Buffer.alloc(4 * MiB, "x"), /could not be checked for drift: .{1,100}$/],
    ["lines that never end", Buffer.from("x\r\n".repeat(200_000)), /could not be checked for drift: .{1,100}$/],
    ["nothing at all", Buffer.alloc(0), /could not be checked for drift: .{1,100}$/],
  ])("%s", async (_, bytes, says) => {
    const { login } = await opened(
      startRawServer((socket) => {
        if (bytes.length < 100_000) socket.write("SSH-2.0-x\r\n");
        socket.end(bytes);
      }),
    );
    const text = await said(login);
    expect(text).toMatch(says);
    expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|<\{%/u);
  });
});
