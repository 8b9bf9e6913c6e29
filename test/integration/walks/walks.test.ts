// The two walks of the README, word for word but for the names of hosts, by a reader with an empty folder.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openAgent } from "../../../lab/agent.ts";
import { engine } from "../../../lab/engine/index.ts";
import { quietDns } from "../../../lab/engine/pulumi.ts";
import { run } from "../../../lab/shell.ts";
import { tarball } from "../../support/tarball.ts";
import { trusting } from "../trusting.ts";
import { openWorld } from "../world.ts";

const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
const walk = (name: string) => new RegExp(`<!-- walk: ${name} -->\n\`\`\`sh\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";
const program = /with this in `index.ts`:\n\n```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";

const { world, relay } = await openWorld();
const agent = await openAgent(world.lab);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test.each(["stack", "program"])("the walk with the %s ends with a proven delivery", async (name) => {
  const text = walk(name);
  expect(text.trim().split("\n")).toHaveLength(8);

  const host = await world.lab.host({ release: "bookworm", name, packages: ["ca-certificates"] });
  await trusting(host, world.lab.ca);
  const names = { "203.0.113.10": host.address, "example.sakura.ne.jp": relay.host, "ssh-ed25519 AAAA…": host.hostKey };
  const here = (text: string) =>
    Object.entries(names).reduce(
      (text, [there, here]) => text.replaceAll(there, here),
      text.replaceAll("sample_user@example.sakura.ne.jp", "relayuser"),
    );

  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-walk-"));
  folders.push(folder);
  mkdirSync(join(folder, "state"));
  writeFileSync(join(folder, "index.ts"), here(program));
  const { env } = await engine();
  const ran = await run("bash", ["-c", `. ${join(import.meta.dirname, "shell.sh")}\ncd ${folder}\n${here(text)}`], {
    env: {
      ...env,
      ...quietDns,
      STATE: join(folder, "state"),
      PULUMI_CREDENTIALS_PATH: join(folder, "state"),
      SSH_AUTH_SOCK: agent,
      PACKAGE: tarball(),
      TEMPLATE: join(import.meta.dirname, "typescript"),
      PROGRAM: join(folder, "index.ts"),
      PASSWORD: "relaypass",
      KEY: world.lab.key.path,
      KNOWN: join(host.record.folder, "known_hosts"),
      NO_COLOR: "1",
    },
    timeout: 280,
  });
  expect(ran.stdout + ran.stderr).toMatch(/answer\s*: "250 /);
  expect(ran.code).toBe(0);
  expect(ran.stdout + ran.stderr).not.toContain("relaypass");
});
