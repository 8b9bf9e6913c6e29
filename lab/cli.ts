// The lab by hand: hosts that stay until `down`. `npm run lab -- --help` says how.
import { join } from "node:path";
import { existing, login, printExports, runVerb } from "./by-hand.ts";
import { engine } from "./engine/index.ts";
import {
  closeKept,
  type Lab,
  type LabHost,
  LabRelay,
  type Login,
  type Mode,
  openLab,
  type Release,
  releases,
} from "./index.ts";
import { kept } from "./records.ts";

const name = "by-hand";
const help = `The lab by hand: real Debian hosts and a submission server on this machine.

  npm run lab -- up RELEASE…       boot a host of each release: ${releases.join(", ")}
  npm run lab -- relay             boot a submission server
  npm run lab -- relay NAME MODE   switch it: normal, wrong-password, greylisting, silence, port-closed,
                                   mechanisms=plain,login, message-size-limit=2000, … (all: lab/relay.ts)
  npm run lab -- ssh NAME [CMD…]   log in as root, or as deploy or plain with deploy@NAME
  npm run lab -- ls                what is there, and how to reach it
  npm run lab -- env               exports for a shell: eval "$(npm run -s lab -- env)"
  npm run lab -- down              remove all of it
`;

async function up(...names: string[]): Promise<void> {
  const wrong = names.find((release) => !releases.includes(release as Release));
  if (wrong || !names.length) throw new Error(`up: which release? One or more of ${releases.join(", ")}`);
  const lab = await openLab({ keep: name });
  for (const release of names as Release[]) await lab.host({ release });
  list(lab);
}

async function relay(which?: string, mode?: string): Promise<void> {
  if (!which) {
    const lab = await openLab({ keep: name });
    await lab.relay();
    list(lab);
    return;
  }
  const found = find(await open(), which);
  if (!(found instanceof LabRelay)) throw new Error(`${which} is a host, not a relay`);
  await found.set(parse(mode));
}

function parse(mode = "normal"): Mode {
  const [word, value = ""] = mode.split("=");
  if (word === "mechanisms") return { mechanisms: value.split(",") } as Mode;
  if (word === "message-size-limit") return { messageSizeLimit: Number(value) };
  return mode as Mode;
}

function list(lab: Lab): void {
  for (const host of lab.hosts()) {
    const state = host.running ? "" : " (not running)";
    console.log(`${host.name}  ${host.address}  ${host.release}${state}  ${host.hostKey}`);
    if (!(host instanceof LabRelay)) continue;
    console.log(
      `  ${host.host}, ports 587 (STARTTLS) and 465 (TLS); it keeps its messages in ${host.root}/var/spool/lab`,
    );
    for (const user of host.users) console.log(`  user ${user.username}  password ${user.password}`);
  }
  console.log(`key ${lab.key.path}  certificate authority ${caFile(lab)}`);
}

async function env(): Promise<void> {
  const lab = (await kept()).has(name) ? await open() : undefined;
  const { env } = await engine({ log: console.error });
  printExports({ ...env, ...(lab && { LAB_KEY: lab.key.path, LAB_CA: caFile(lab) }) });
}

const caFile = (lab: Lab) => join(lab.record.folder, "ca/ca.pem");
const open = () => existing(name, "There is no lab: npm run lab -- up bookworm");

function find(lab: Lab, wanted: string): LabHost {
  const hosts = lab.hosts();
  const found = hosts.find((host) => host.name === wanted);
  if (!found) throw new Error(`no host ${wanted}; there are: ${hosts.map((host) => host.name).join(", ")}`);
  return found;
}

await runVerb(help, {
  up,
  relay,
  ssh: async (target = "", ...command) => {
    const [host = "", user = "root"] = target.split("@").reverse();
    return await login(find(await open(), host), user as Login, command);
  },
  ls: async () => list(await open()),
  env,
  down: async () => console.log((await closeKept(name)) ? "The lab is removed." : "There was no lab."),
});
