import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandOf, noteCommands } from "./commands.ts";
import { type Lab, type LabHost, openLab } from "./index.ts";
import { processesIn } from "./processes.ts";
import { type Followed, Programs, untold } from "./programs.ts";

let lab: Lab;
let host: LabHost;
const reason = await untold();

beforeAll(async () => {
  lab = await openLab();
  host = await lab.host({ release: "bookworm" });
});
afterAll(() => lab?.close());

const called = ({ programs }: Followed) => programs.map(({ path }) => basename(path)).join(" ");

test("each program that a process starts is told, until it is closed, and nothing of others", async (context) => {
  context.skip(reason !== undefined, reason);
  const programs = await Programs.follow([process.pid]);
  try {
    spawnSync("sh", ["-c", "true"]);
    programs.clear();
    const other = host.must("/bin/true");
    spawnSync("sh", ["-c", "/bin/true; (exit 3); exec env /bin/false"]);
    await other;
    const found = programs.read();
    const shell = found.find((one) => called(one) === "sh env false");
    expect(shell?.children.map(called)).toEqual(["true", ""]);
    expect(found.filter((one) => called(one) === "true")).toHaveLength(1);
    const [begin = 0, end = 0] = [shell?.begin, shell?.end];
    expect(end).toBeGreaterThan(begin);
    expect(Number(process.hrtime.bigint()) / 1e9 - end).toBeLessThan(60);
  } finally {
    programs.close();
  }
});

test("a command of root is known by the path that it begins with, works as before, and has its exit code", async (context) => {
  context.skip(reason !== undefined, reason);
  noteCommands(host);
  const programs = await Programs.follow(processesIn(host.record.group).map(({ pid }) => pid));
  try {
    const ran = await host.run('cat; echo "$0 $(whoami)"\nexit 7', { input: 'in "quotes"\n' });
    expect(ran).toMatchObject({ stdout: 'in "quotes"\nbash root\n', code: 7 });
    const found = programs.read().flatMap(({ programs, children }) =>
      programs.flatMap(({ path }) => {
        const command = commandOf(host, path);
        return command === undefined ? [] : { command, children: children.map(called).filter(Boolean) };
      }),
    );
    expect(found).toEqual([{ command: 'cat; echo "$0 $(whoami)"', children: ["cat", "whoami"] }]);
  } finally {
    programs.close();
  }
});
