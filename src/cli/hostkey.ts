// The command `hostkey`: the keys that hosts show, beside those in the file of a stack.

import { atOnce } from "../host/at-once.ts";
import { clean } from "../host/clean.ts";
import { hostKey as hostKeySchema } from "../settings/fields/keys.ts";
import { didYouMean } from "../settings/nearest.ts";
import { pathText } from "../settings/problems.ts";
import { fingerprintCommand, type HostKey, hostKeyIn } from "../ssh/host-key.ts";
import { type FileHost, hostsInFile } from "../stack/file.ts";
import { USAGE } from "./exit-codes.ts";
import { noStack } from "./inventory.ts";
import { type Project, shortName } from "./project.ts";
import type { SetConfig } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { HostKeyRequest } from "./request.ts";
import { worst } from "./states.ts";
import { rowsText } from "./table.ts";

/** All that the command touches. */
export interface HostKeyWorld {
  readonly project: Pick<Project, "stacks" | "file">;
  /** Fetches the key of a host; of several one like that which is known. */
  readonly fetch: (host: string, port: number, known: string | undefined) => Promise<HostKey>;
  readonly set: SetConfig;
  /** Asks the user; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
  readonly width: number;
  readonly color: boolean;
}

/** A host of the file. */
interface Place {
  readonly host: string;
  /** Its place in the list. */
  readonly index: number;
  readonly address: string;
  readonly port: number;
  /** The key in the file. */
  readonly known: HostKey | undefined;
  /** Why nobody here can ask it. */
  readonly why?: string;
}

/** Runs it; the exit code. */
export async function hostkey(request: HostKeyRequest, world: HostKeyWorld): Promise<number> {
  const places = placesIn(request, world.project);
  return request.verb === "add" ? await add(request, places[0], world) : await check(request, places, world);
}

/** The hosts that were asked for. */
function placesIn({ stack, host }: HostKeyRequest, project: HostKeyWorld["project"]): Place[] {
  if (!project.stacks.includes(shortName(stack))) throw noStack(stack, project);
  const file = `Pulumi.${shortName(stack)}.yaml`;
  const { hosts = [], wrong } = hostsInFile(project.file(stack) ?? "");
  if (wrong !== undefined) throw new Refusal(`${file} ${wrong}`);
  const names = hosts.map(({ name }) => name);
  if (hosts.length === 0)
    throw new Refusal(
      `the hosts of ${stack} are not all in ${file}: it has no \`postfix-relay:hosts\`, or an \`environment:\`, or ` +
        "Pulumi.yaml has values, too; set `connection.hostKey` where the connection stands",
      USAGE,
    );
  if (host !== undefined && !names.includes(host))
    throw new Refusal(
      `there is no host ${host} in ${file}; ${didYouMean(host, names)}known here: ${names.join(", ")}`,
      USAGE,
    );
  return hosts.map(placeOf).filter((one, index) => (host ? one.host === host : hosts[index]?.args.gone !== true));
}

function placeOf({ name, args }: FileHost, index: number): Place {
  const { host, port = 22, hostKey, proxy } = (args.connection ?? {}) as Readonly<Record<string, unknown>>;
  const place = {
    ...{ host: name, index, address: String(host), port: Number(port) },
    known: typeof hostKey === "string" ? hostKeyIn(hostKey) : undefined,
  };
  if (typeof host !== "string") return { ...place, why: "its `connection.host` is not in the file" };
  return proxy === undefined ? place : { ...place, why: BASTION };
}

const BASTION =
  "it is behind a bastion (`connection.proxy`), and nobody logs in there for this; `postfix-relay check` compares its key";

async function add(
  { stack, yes, replace, json }: HostKeyRequest,
  place: Place | undefined,
  { fetch, set, ask, print, say }: HostKeyWorld,
): Promise<number> {
  if (!place) return USAGE;
  const { host, index, address, port, known, why } = place;
  if (why !== undefined) throw new Refusal(`${host}: ${why}`);
  const shown = await fetch(address, port, known?.line).catch((error: Error) => {
    throw new Refusal(`the host key of ${address} cannot be fetched: ${clean(error.message)}`);
  });
  const path = `postfix-relay:${pathText(["hosts", index, "connection", "hostKey"])}`;
  const tell = (written: boolean, text: string) => {
    const { fingerprint, line } = shown;
    const keys = { key: line, fingerprint, known: known?.fingerprint ?? null };
    const found = { version: 1, stack, host, address, ...keys, written };
    print(json ? `${JSON.stringify(found, null, 2)}\n` : `${text}\n`);
    return 0;
  };
  if (known?.line === shown.line) return tell(false, `The file has this key of ${host} already: ${shown.fingerprint}`);
  if (hostKeySchema.safeParse(shown.line).error) throw new Refusal(`${address} shows a key that cannot be pinned`);
  say(`host key of ${host} (${address}): ${shown.fingerprint}`);
  if (known) say(`the file has another one:        ${known.fingerprint}`);
  say(`compare it with \`${fingerprintCommand(shown)}\` on the host's console`);
  if (known && yes && !replace)
    throw new Refusal("another key is there, and stays; add --replace to --yes to put this one in its place", USAGE);
  const question = known
    ? `Replace the key of ${host}? Only if it was reinstalled, or got a new key`
    : `Is that the fingerprint of ${host}, and shall it be written?`;
  if (!yes) {
    if (!ask) throw new Refusal(`there is no terminal to ask on; add --yes${known ? " --replace" : ""}`, USAGE);
    if (!(await ask(question))) return tell(false, "nothing was written");
  }
  await set(stack, path, shown.line, "text");
  return tell(true, `Written to Pulumi.${shortName(stack)}.yaml: ${path}`);
}

/** What a host shows. */
interface Compared {
  readonly place: Place;
  readonly state: "same" | "another" | "no-key" | "no-answer" | "unknown";
  readonly shown: HostKey | undefined;
  readonly details: readonly string[];
}

const STATES = {
  same: { color: "green", code: 0 },
  another: { color: "red", code: 1 },
  "no-key": { color: "red", code: 1 },
  "no-answer": { color: "yellow", code: 2 },
  unknown: { color: "yellow", code: 2 },
} as const;

/** Hosts that are asked at the same time. */
const ASKED = 32;

async function check({ stack, json }: HostKeyRequest, places: readonly Place[], world: HostKeyWorld): Promise<number> {
  const { fetch, print, width, color } = world;
  const inTurn = atOnce(ASKED);
  const found = await Promise.all(places.map((place) => inTurn(() => compared(place, fetch))));
  const rows = found.map(({ place: { host }, state, details }) => ({
    ...{ stack, host, details, word: state.replace("-", " ") },
    color: STATES[state].color,
  }));
  const each = found.map(({ place: { host, address, known }, state, shown, details }) => ({
    ...{ host, address, state, details },
    fingerprint: shown?.fingerprint ?? null,
    known: known?.fingerprint ?? null,
  }));
  print(json ? `${JSON.stringify({ version: 1, stack, hosts: each }, null, 2)}\n` : rowsText(rows, { width, color }));
  return worst(found.map(({ state }) => STATES[state].code));
}

async function compared(place: Place, fetch: HostKeyWorld["fetch"]): Promise<Compared> {
  const { host, address, port, known, why } = place;
  if (why !== undefined) return { place, state: "unknown", shown: undefined, details: [why] };
  try {
    const shown = await fetch(address, port, known?.line);
    const on = `\`${fingerprintCommand(shown)}\` on its console`;
    if (!known) {
      const details = [`it shows ${shown.fingerprint}; compare it with ${on}, and add it: \`hostkey add\``];
      return { place, state: "no-key", shown, details };
    }
    if (known.line === shown.line) return { place, state: "same", shown, details: [shown.fingerprint] };
    const details = [
      `${shown.fingerprint} instead of ${known.fingerprint}`,
      `it was reinstalled, or somebody else answers in the place of ${host}: compare it with ${on}`,
    ];
    return { place, state: "another", shown, details };
  } catch (error) {
    return { place, state: "no-answer", shown: undefined, details: [clean((error as Error).message)] };
  }
}
