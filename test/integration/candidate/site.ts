import { expect } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { processesOf } from "../faults/breakpoint.ts";

/** The host tool. */
export const TOOL = "postrelay";

/** What `postrelay status` prints. */
export const status = async (host: LabHost): Promise<Record<string, unknown>> =>
  JSON.parse(await host.must(`${TOOL} status`));

/** Files of Postfix as they lie on the disk, and its processes: the same text as long as nothing touched them. */
export async function standing(host: LabHost): Promise<string> {
  const files = await host.must(
    "find /etc/postfix -printf '%p %i %T@ %m %u %s\\n' | sort; find /etc/postfix -type f | sort | xargs sha256sum",
  );
  const processes = processesOf(host).filter(({ name }) => name === "master" || name === "qmgr");
  return [files, ...processes.map(({ pid, name }) => `${name} ${pid}`).sort()].join("\n");
}

/** The place where the journal ends now. */
export const cursor = async (host: LabHost): Promise<string> =>
  (await host.must("journalctl -q -n 0 --show-cursor")).replace("-- cursor: ", "").trim();

/** What the master of the running Postfix has logged since: its start, its end, each reload. */
export const reloads = async (host: LabHost, since: string): Promise<string> =>
  await host.must(`journalctl -q -o cat --after-cursor='${since}' -t postfix/master -t postfix/postfix-script`);

/** What a run must not leave behind. */
export const leftovers = async (host: LabHost): Promise<string> =>
  await host.must(
    `cd /var/lib/postfix-relay; ls -d candidate journal *.new 2> /dev/null
    systemctl list-units --all --no-legend --plain 'postfix-relay-*' |
      grep -vE '^postfix-relay-(boot.service|adapt.(path|service)) '
    ls -A /run | grep '^postrelay$' || :`,
  );

/** Expects a host that is proven, in order, and has nothing half done. */
export async function inOrder(host: LabHost, after: string): Promise<void> {
  const { code, stdout } = await host.run(`${TOOL} check`);
  expect(code, `${after}: ${stdout}`).toBe(0);
  expect(await status(host), after).toMatchObject({ live: expect.stringMatching(/ proven$/), running: "yes" });
  expect(await leftovers(host), after).toBe("");
  const unit = await host.run("systemctl is-enabled postfix-relay-boot.service postfix.service");
  expect(unit, after).toMatchObject({ code: 0, stdout: "enabled\nenabled\n" });
}

/** Processes of the tool in these verbs, with all that they have started. */
export function toolOn(host: LabHost, verbs: string): number[] {
  const all = processesOf(host);
  const own = new RegExp(`sbin/post(?:fix-)?relay (?:${verbs})\\b`);
  const pids = all.filter(({ cmdline }) => own.test(cmdline)).map(({ pid }) => pid);
  for (const pid of pids)
    pids.push(...all.filter((one) => one.parent === pid && !pids.includes(one.pid)).map((one) => one.pid));
  return pids;
}

/** Kills the tool and all that it has started, at once. */
export function killTool(host: LabHost, verbs: string): boolean {
  const pids = toolOn(host, verbs);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return pids.length > 0;
}
