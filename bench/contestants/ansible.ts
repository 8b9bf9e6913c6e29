// Ansible, from PyPI, in a virtual environment of its own; and the same with Mitogen.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cache } from "../../lab/cache.ts";
import { withLock } from "../../lab/lock.ts";
import { must } from "../../lab/shell.ts";
import { measured, started } from "../machine.ts";
import { type Contestant, mainCf, saslPasswd, type Wanted } from "./contestant.ts";

const playbook = join(import.meta.dirname, "playbook.yaml");

/** A virtual environment with packages from PyPI, made once. */
async function environment(name: string, packages: string[]): Promise<string> {
  const folder = join(cache(), `venv-${name}`);
  return await withLock(`venv-${name}`, async () => {
    if (existsSync(join(folder, "ready"))) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(cache(), { recursive: true });
    await must("python3", ["-m", "venv", folder], { timeout: 120 });
    await must(join(folder, "bin/pip"), ["install", "--quiet", ...packages], { timeout: 300 });
    writeFileSync(join(folder, "ready"), "");
    return folder;
  });
}

/** Version of a package in the environment. */
const version = async (folder: string, name: string) =>
  /^Version: (.*)$/m.exec(await must(join(folder, "bin/pip"), ["show", name]))?.[1] ?? "?";

/** Where Mitogen has its plug-ins for Ansible. */
function strategies(folder: string): string {
  const [python = ""] = readdirSync(join(folder, "lib"));
  return join(folder, "lib", python, "site-packages/ansible_mitogen/plugins/strategy");
}

const BOTH = ["ansible-core", "mitogen"];

/** Ansible and, if it can be had, Mitogen; a note says why one cannot. */
export async function ansible(note: (text: string) => void): Promise<Contestant | undefined> {
  try {
    return contestant(await environment("mitogen", BOTH), true, await versions("mitogen", BOTH));
  } catch (error) {
    note(`Mitogen was left out: ${firstLine(error)}`);
  }
  try {
    const alone = ["ansible-core"];
    return contestant(await environment("ansible", alone), false, await versions("ansible", alone));
  } catch (error) {
    note(`Ansible was left out: ${firstLine(error)}`);
    return undefined;
  }
}

async function versions(name: string, packages: string[]): Promise<Record<string, string>> {
  const folder = await environment(name, packages);
  return Object.fromEntries(await Promise.all(packages.map(async (name) => [name, await version(folder, name)])));
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split("\n")[0];

function contestant(folder: string, withMitogen: boolean, versions: Record<string, string>): Contestant {
  return {
    name: "Ansible",
    ways: {
      Ansible: "ansible-core, a playbook of builtin modules, pipelining, ControlPersist",
      ...(withMitogen && { "Ansible + Mitogen": "the same playbook with Mitogen's strategy" }),
    },
    versions,
    async manage({ lab, relay }, name, hosts) {
      const work = mkdtempSync(join(tmpdir(), `bench-${name}-`));
      const inventory = hosts.map(({ name, address }) => `${name} ansible_host=${address}`).join("\n");
      writeFileSync(join(work, "hosts"), `${inventory}\n`);
      const known = hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join("");
      writeFileSync(join(work, "known_hosts"), known);
      for (const way of ["Ansible", "Ansible + Mitogen"]) {
        writeFileSync(join(work, `${way}.cfg`), settings(work, way === "Ansible" ? undefined : strategies(folder)));
      }
      return {
        hosts,
        async want(wanted: Wanted) {
          const values = {
            ansible_user: "root",
            ansible_ssh_private_key_file: lab.key.path,
            ansible_python_interpreter: "/usr/bin/python3",
            main_cf: mainCf(relay.host, wanted),
            ca: lab.ca,
            sasl_passwd: saslPasswd(relay.host, wanted),
            sender: "root@{{ inventory_hostname }}.example.com",
            recipient: "ops@example.org",
          };
          writeFileSync(join(work, "values.json"), JSON.stringify(values), { mode: 0o600 });
        },
        run: (way) =>
          measured(() =>
            started(
              join(folder, "bin/ansible-playbook"),
              ["-i", join(work, "hosts"), "-e", `@${join(work, "values.json")}`, playbook],
              { cwd: work, env: { ANSIBLE_CONFIG: join(work, `${way}.cfg`), ANSIBLE_HOME: join(work, "home") } },
            ),
          ),
        async close() {
          rmSync(work, { recursive: true, force: true });
        },
      };
    },
  };
}

const settings = (work: string, mitogen: string | undefined) => `[defaults]
forks = 10
nocows = true
${mitogen ? `strategy_plugins = ${mitogen}\nstrategy = mitogen_linear\n` : ""}[ssh_connection]
pipelining = true
ssh_args = -F none -o ControlMaster=auto -o ControlPersist=60s -o IdentitiesOnly=yes -o UserKnownHostsFile=${work}/known_hosts -o StrictHostKeyChecking=yes
`;
