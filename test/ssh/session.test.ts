import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { run } from "../../src/ssh/session.ts";
import { startSshServer } from "../support/ssh-server.ts";

const limits = { time: 20_000, bytes: 2 ** 20 };

test("a command reads what it is given on its stdin, and its end", async () => {
  const commands: string[] = [];
  const { login, close } = await startSshServer((channel, command) => {
    commands.push(command);
    let read = "";
    channel.on("data", (part: Buffer) => {
      read += part;
    });
    channel.on("end", () => {
      channel.write(createHash("sha256").update(read).digest("hex"));
      channel.exit(0);
      channel.end();
    });
  });
  const text = `${"n".repeat(64)}\n`;
  const { code, stdout } = await run(login, "postrelay credential", limits, text);
  expect([code, stdout]).toEqual([0, createHash("sha256").update(text).digest("hex")]);
  expect(commands).toEqual(["postrelay credential"]);
  close();
});

test("one that reads nothing is as without", async () => {
  const { login, close } = await startSshServer((channel) => {
    channel.write("absent\n");
    channel.exit(0);
    channel.end();
  });
  expect(await run(login, "x", limits, "nobody reads this\n")).toEqual({ code: 0, stdout: "absent\n" });
  close();
});
