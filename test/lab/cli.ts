// The lab by hand: hosts that stay until `down`. `npm run lab -- --help` says how.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { engine } from "./engine/index.ts";
import {
  closeKept,
  type Lab,
  type LabHost,
  LabRelay,
  type Mode,
  openLab,
  type Release,
  releases,
  unavailable,
} from "./index.ts";
import { kept } from "./records.ts";

const name = "by-hand";
const help = `The lab by hand: real Debian hosts and a submission server on this machine.

  npm run lab -- up RELEASE…       boot a host of each release: ${releases.join(", ")}
  npm run lab -- relay             boot a submission server
  npm run lab -- relay NAME MODE   switch it: normal, wrong-password, greylisting, silence, port-closed,
                                   mechanisms=plain,login, message-size-limit=2000, … (all: test/lab/relay.ts)
  npm run lab -- ssh NAME [CMD…]   log in as root, or as deploy or plain with deploy@NAME
  npm run lab -- ls                what is there, and how to reach it
  npm run lab -- env               exports for a shell: eval "$(npm run -s lab -- env)"
  npm run lab -- down              remove all of it
`;

async function main([verb, ...rest]: string[]): Promise<number> {
  if (!verb || verb === "--help" || verb === "-h") {
    process.stdout.write(help);
    return 0;
  }
  const reason = unavailable();
  if (reason) throw new Error(reason);
  if (verb === "up") return await up(rest);
  if (verb === "relay") return await relay(rest);
  if (verb === "ssh") return await ssh(rest);
  if (verb === "ls") return list(await open());
  if (verb === "env") return await env();
  if (verb === "down") {
    console.log((await closeKept(name)) ? "The lab is removed." : "There was no lab.");
    return 0;
  }
  throw new Error(`no such command: ${verb}\n\n${help}`);
}

async function up(names: string[]): Promise<number> {
  const wrong = names.find((release) => !releases.includes(release as Release));
  if (wrong || !names.length) throw new Error(`up: which release? One or more of ${releases.join(", ")}`);
  const lab = await openLab({ keep: name });
  for (const release of names as Release[]) await lab.host({ release });
  return list(lab);
}

async function relay([which, mode]: string[]): Promise<number> {
  if (!which) {
    const lab = await openLab({ keep: name });
    await lab.relay();
    return list(lab);
  }
  const found = find(await open(), which);
  if (!(found instanceof LabRelay)) throw new Error(`${which} is a host, not a relay`);
  await found.set(parse(mode));
  return 0;
}

function parse(mode = "normal"): Mode {
  const [word, value = ""] = mode.split("=");
  if (word === "mechanisms") return { mechanisms: value.split(",") } as Mode;
  if (word === "message-size-limit") return { messageSizeLimit: Number(value) };
  return mode as Mode;
}

async function ssh([target = "", ...command]: string[]): Promise<number> {
  const [host = "", user = "root"] = target.split("@").reverse();
  const found = find(await open(), host);
  const args = found.sshArguments(user as "root").filter((arg) => arg !== "-oBatchMode=yes");
  return spawnSync("ssh", [...args, ...command], { stdio: "inherit" }).status ?? 1;
}

function list(lab: Lab): number {
  for (const host of lab.hosts()) {
    const state = host.running ? "" : " (not running)";
    console.log(`${host.name}  ${host.address}  ${host.release}${state}  ${host.hostKey}`);
    if (!(host instanceof LabRelay)) continue;
    console.log(
      `  ${host.host}, ports 587 (STARTTLS) and 465 (TLS); it keeps its messages in ${host.root}/var/spool/lab`,
    );
    for (const user of host.users) console.log(`  user ${user.username}  password ${user.password}`);
  }
  console.log(`key ${lab.key.path}  certificate authority ${join(lab.record.folder, "ca/ca.pem")}`);
  return 0;
}

async function env(): Promise<number> {
  const lab = (await kept()).has(name) ? await open() : undefined;
  const of = lab && { LAB_KEY: lab.key.path, LAB_CA: join(lab.record.folder, "ca/ca.pem") };
  const all = { ...(await engine({ log: (line) => console.error(line) })).env, ...of };
  for (const [key, value] of Object.entries(all)) console.log(`export ${key}='${value.replaceAll("'", "'\\''")}'`);
  return 0;
}

async function open(): Promise<Lab> {
  if (!(await kept()).has(name)) throw new Error("There is no lab: npm run lab -- up bookworm");
  return await openLab({ keep: name });
}

function find(lab: Lab, wanted: string): LabHost {
  const hosts = lab.hosts();
  const found = hosts.find((host) => host.name === wanted);
  if (!found) throw new Error(`no host ${wanted}; there are: ${hosts.map((host) => host.name).join(", ")}`);
  return found;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
