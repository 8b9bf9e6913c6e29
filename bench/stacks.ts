// Many stacks at once: `postfix-relay check --all`, beside the bare calls of `pulumi` that it cannot do without. Each
// stack has one Relay in its state; the hosts are addresses of a server that answers each check at once.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { front, startRecordingHost } from "../test/integration/recorder/host.ts";
import { Stack } from "../test/integration/stack.ts";
import { inSync } from "../test/support/looks.ts";
import { stateWith } from "../test/support/state.ts";
import { type Measured, measured, type Started, started } from "./machine.ts";
import type { Row } from "./results.ts";

/** What is measured: the command, and the calls that it is made of. */
export const stackWays: Readonly<Record<string, string>> = {
  "check --all": "postfix-relay check --all --json",
  "bare calls": "pulumi stack export --show-secrets of each stack, as many at once as there are cores",
};

/** Addresses that the server has. */
const MOST = 250;

/** Both ways, `runs` times, for each number of stacks; `installed` is a folder with the package. */
export async function stacks(
  installed: string,
  counts: readonly number[],
  runs: number,
  log: (line: string) => void,
): Promise<Row[]> {
  const { sshd, folder } = await startRecordingHost();
  writeFileSync(join(folder, "check"), JSON.stringify(inSync({ owner: "" })));
  const rows: Row[] = [];
  const hosts = await front(Math.min(MOST, Math.max(...counts)), sshd.port);
  try {
    for (const count of counts) {
      const project = await projectOf(installed, count, (number) => ({
        host: `127.0.1.${((number - 1) % MOST) + 1}`,
        port: hosts.port,
        user: sshd.user,
        hostKey: sshd.hostKey,
        privateKey: sshd.privateKey,
      }));
      const ways: Record<string, () => Started> = {
        "check --all": () => start(project, installed, count),
        "bare calls": () => bareCalls(project, count),
      };
      for (const [way, run] of Object.entries(ways)) {
        const all: Measured[] = [];
        for (let turn = 0; turn < runs; turn++) {
          const one = await measured(run);
          if (one.code !== 0)
            throw new Error(`${count} stacks: ${way}: exit code ${one.code}\n${one.text.slice(-2000)}`);
          all.push(one);
          log(`${count} stacks: ${way}: ${one.seconds.toFixed(2)} s`);
        }
        rows.push({
          case: `${count} stacks`,
          contestant: way,
          hosts: count,
          seconds: all.map(({ seconds }) => seconds),
          memory: Math.max(...all.map(({ memory }) => memory)),
        });
      }
      project.remove();
    }
  } finally {
    hosts.close();
    await sshd.close();
  }
  return rows;
}

/** A project with so many stacks: the first is imported, the others are copies of its files under their own names. */
async function projectOf(installed: string, count: number, connection: (number: number) => object): Promise<Stack> {
  const project = await Stack.create("s-1", { installed });
  const state = join(project.folder, "state/.pulumi/stacks/postfix-relay");
  const text = stateWith("s-1", "postfix-relay", [{ name: "web", args: { connection: connection(1) } }]);
  const { version, deployment } = JSON.parse(text);
  const [, salt] = /^encryptionsalt: (\S+)$/m.exec(readFileSync(project.configFile, "utf8")) ?? [];
  const sealed = { ...deployment, secrets_providers: { type: "passphrase", state: { salt } } };
  writeFileSync(join(project.folder, "state.json"), JSON.stringify({ version, deployment: sealed }));
  await project.must(["stack", "import", "--stack", "s-1", "--file", join(project.folder, "state.json")]);
  const first = readFileSync(join(state, "s-1.json"), "utf8");
  for (let number = 2; number <= count; number++) {
    writeFileSync(join(state, `s-${number}.json`), first.replaceAll("s-1", `s-${number}`));
    cpSync(project.configFile, project.configFile.replace("s-1", `s-${number}`));
  }
  return project;
}

function start(project: Stack, installed: string, count: number): Started {
  const program = join(installed, "node_modules/.bin/postfix-relay");
  const { session, result } = started(program, ["check", "--all", "--json"], { cwd: project.folder, env: project.env });
  const checked = result.then(({ code, text }) => {
    const states = text.match(/"state": "in-sync"/g)?.length;
    return states === count ? { code, text } : { code: code || 1, text: `${states} hosts in sync\n${text}` };
  });
  return { session, result: checked };
}

const bareCalls = (project: Stack, count: number): Started =>
  started(
    "sh",
    [
      "-c",
      `seq ${count} | xargs -P ${availableParallelism()} -I{} pulumi stack export --show-secrets --stack s-{} > /dev/null`,
    ],
    { cwd: project.folder, env: project.env },
  );
