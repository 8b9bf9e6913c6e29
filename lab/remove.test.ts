import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { reaperLog } from "./cache.ts";
import { closeKept, openLab, prepare, until } from "./index.ts";
import { processes } from "./processes.ts";
import type { LabRecord } from "./records.ts";
import { run } from "./shell.ts";
import { lastLines } from "./until.ts";

/** What of a lab is on this machine. */
async function remains({ id, folder, group, net }: LabRecord): Promise<string[]> {
  const found: string[] = [];
  const owner = join(folder, "owner.json");
  // Another lab has this one's number: the folder, which is removed last, was gone in between.
  if (existsSync(owner) && JSON.parse(readFileSync(owner, "utf8")).id !== id) return [];
  if (existsSync(folder)) found.push(folder);
  if (existsSync(group)) found.push(group);
  if (existsSync(`/sys/class/net/${net.bridge}`)) found.push(`link ${net.bridge}`);
  if ((await run("nft", ["list", "tables"])).stdout.includes(`ip ${net.bridge}\n`)) found.push("nft table");
  for (const line of (await run("ip", ["netns"])).stdout.split("\n"))
    if (line.startsWith(`${net.bridge}-`)) found.push(`netns ${line}`);
  for (const line of readFileSync("/proc/mounts", "utf8").split("\n"))
    if (line.includes(`${folder}/`)) found.push(`mount ${line}`);
  for (const { pid, cmdline } of processes())
    if (cmdline.includes(`${folder}/`) || cmdline.includes(`"${folder}"`)) found.push(`process ${pid} ${cmdline}`);
  return found;
}

type Owner = ReturnType<typeof start>;
const start = (program: string) =>
  execa(process.execPath, ["--input-type=module", "-e", program], {
    stderr: "inherit",
    buffer: false,
    reject: false,
    detached: true, // a process group of its own, for Ctrl-C
  });

/** Another process that has opened a lab with a host, and begins with one more if it says so. */
async function owner(options = "{}", more = ""): Promise<{ child: Owner; record: LabRecord }> {
  const program = `import { openLab } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    const lab = await openLab(${options});
    await lab.host({ release: "bookworm" });
    ${more}
    console.log(JSON.stringify(lab.record));
    setInterval(() => {}, 1000);`;
  const child = start(program);
  const [line] = await once(child.stdout, "data");
  return { child, record: JSON.parse(line) };
}

async function expectGone(record: LabRecord, seconds: number): Promise<void> {
  await until("end of the lab", async () => (await remains(record)).length === 0, { seconds }).catch(() => {});
  expect(await remains(record), lastLines(reaperLog())).toEqual([]);
}

test("close leaves nothing behind", async () => {
  const lab = await openLab();
  await lab.host({ release: "bookworm" });
  await lab.relay();
  // Each kind of thing is seen while it is there: the search can find.
  const before = (await remains(lab.record)).join("\n");
  for (const kind of [lab.record.group, "link", "nft", "netns", "mount", "process"]) expect(before).toContain(kind);
  await lab.close();
  await expectGone(lab.record, 5);
});

test.for(["SIGINT", "SIGTERM", "SIGKILL"] as const)("a lab ends with its process: %s", async (signal) => {
  const { child, record } = await owner();
  process.kill(-(child.pid as number), signal);
  await expectGone(record, 20);
});

test("the next run removes what was left when the machine did not let anything end in order", async () => {
  const mine = await openLab();
  const { child, record } = await owner();
  const reaper = (await remains(record)).find((line) => line.includes("reaper.ts"))?.split(" ")[1];
  process.kill(Number(reaper), "SIGKILL");
  process.kill(child.pid as number, "SIGKILL");
  await child;
  expect(await remains(record)).not.toEqual([]);
  const lines: string[] = [];
  await Promise.all([prepare({ log: (line) => lines.push(line) }), prepare({ log: () => {} })]);
  expect(await remains(record)).toEqual([]);
  expect(lines.join()).toContain(`process ${child.pid} left behind`);
  expect(await remains(mine.record)).not.toEqual([]);
  await mine.host({ release: "bookworm" });
  await mine.close();
});

test("a kept lab outlives its process, without the host that was not ready, until it is closed by name", async () => {
  const keep = `test-${process.pid}`;
  const { child, record } = await owner(
    `{ keep: "${keep}" }`,
    `lab.host({ release: "bookworm", name: "half" });
     const made = ${JSON.stringify("/hosts/half/host.json")};
     while (!(await import("node:fs")).existsSync(lab.record.folder + made)) await new Promise((done) => setTimeout(done, 5));`,
  );
  process.kill(child.pid as number, "SIGKILL");
  await child;
  expect((await remains(record)).join()).toContain(`${record.net.bridge}-half`);
  const lab = await openLab({ keep });
  expect(lab.record).toEqual(record);
  expect(lab.hosts().map((host) => host.name)).toEqual(["bookworm-1"]);
  expect((await remains(record)).join()).not.toContain("half");
  expect(await lab.hosts()[0]?.must("hostname")).toBe("bookworm-1\n");
  await lab.host({ release: "bookworm", name: "half" });
  expect(await closeKept(keep)).toBe(true);
  expect(await remains(record)).toEqual([]);
  expect(await closeKept(keep)).toBe(false);
});
