// `postfix-relay verdict`: whether receivers will accept mail of some addresses, or of the hosts of a stack.

import { type Advised, acceptanceOf, adviseOn, distinctAcceptances, Run } from "../deliverability/acceptance.ts";
import { DEADLINE, type Looks } from "../deliverability/dns.ts";
import { identities } from "../deliverability/identities.ts";
import { libraries } from "../deliverability/libraries.ts";
import { textOf } from "../deliverability/words.ts";
import { clean } from "../host/clean.ts";
import { parseSettings } from "../settings/parse.ts";
import { type Problem, pathText, problemText } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";
import { readStack } from "../stack/read.ts";
import { USAGE } from "./exit-codes.ts";
import { configOf, type Pulumi, stacksOf } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { VerdictRequest } from "./verdict-options.ts";

/** All that the command touches. */
export interface VerdictWorld {
  readonly pulumi: Pulumi;
  readonly looks: Looks;
  readonly print: (text: string) => void;
}

/** Runs the command; its exit code: 0 all accepted, 1 one is refused, 2 else. */
export async function runVerdict(request: VerdictRequest, { pulumi, looks, print }: VerdictWorld): Promise<number> {
  const advised = await (request.addresses.length > 0 ? ofAddresses(request, looks) : ofStacks(request, pulumi, looks));
  const acceptances = distinctAcceptances(advised.map(acceptanceOf));
  if (request.json) print(`${JSON.stringify({ version: 1, verdicts: acceptances }, null, 2)}\n`);
  else if (request.zone) print(acceptances.flatMap(({ records }) => records.map((one) => `${one}\n`)).join(""));
  else print(`${[...new Set(advised.map(({ judged, action }) => cleanLines(textOf(judged, action))))].join("\n\n")}\n`);
  const verdicts = acceptances.map(({ verdict }) => verdict);
  if (verdicts.includes("refused")) return 1;
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "accepted") ? 0 : 2;
}

/** What the DNS says is somebody else's text. */
const cleanLines = (text: string) => text.split("\n").map(clean).join("\n");

async function ofAddresses({ addresses, relay, habits }: VerdictRequest, looks: Looks): Promise<Advised[]> {
  const each = addresses.map((address) => {
    // As a Relay would have them: so the same rules judge them.
    const { value, problems } = parseSettings("host", {
      ...{ domain: address.split("@").at(-1), sender: address, testDelivery: { to: `nobody@${ELSEWHERE}` } },
      ...relay,
      deliverability: habits,
    });
    if (!value) throw new Refusal(usageText(problems), USAGE);
    return value;
  });
  const judge = async (settings: Settings) => {
    const around = { habits: settings.deliverability, mailDomain: settings.domain };
    const [identity] = identities(settings);
    return identity ? [await adviseOn(looks.within(DEADLINE), { ...identity, who: [identity.address] }, around)] : [];
  };
  await libraries();
  return (await Promise.all(each.map(judge))).flat();
}

/** Nobody's mail goes there: it fills in an argument that has no say here. */
const ELSEWHERE = "elsewhere.example.net";

/** The options that stand for arguments. */
const OPTIONS: Readonly<Record<string, string>> = {
  sender: "ADDRESS",
  domain: "ADDRESS",
  provider: "--provider",
  region: "--region",
  relayHost: "--provider, --relay-host",
  "relayHost.host": "--relay-host",
  "deliverability.selectors": "--selector",
  "deliverability.returnPath": "--return-path",
  "deliverability.signingDomain": "--signing-domain",
  "deliverability.sentFrom": "--sent-from",
};

function usageText(problems: readonly Problem[]): string {
  const named = problems.map(({ path, reason }) => {
    const text = pathText(path.filter((part) => typeof part === "string"));
    return `${OPTIONS[text] ?? text}: ${reason}`;
  });
  return [...new Set(named)].join("\n");
}

async function ofStacks(request: VerdictRequest, pulumi: Pulumi, looks: Looks): Promise<Advised[]> {
  const run = new Run(looks);
  const found: Advised[] = [];
  const known: string[] = [];
  const isWanted = (name: string) => request.hosts.length === 0 || request.hosts.includes(name);
  for (const stack of await stacksOf(pulumi, request)) {
    const { config, secretKeys } = await configOf(pulumi, stack);
    if (!Object.hasOwn(config, "postfix-relay:hosts")) {
      if (request.all) continue;
      throw new Refusal(
        `stack ${stack}: its configuration has no \`postfix-relay:hosts\`; give addresses and --provider`,
      );
    }
    const { hosts, problems } = readStack(config, secretKeys);
    if (problems) throw new Refusal(`stack ${stack}: ${problemText("its configuration has mistakes", problems)}`);
    known.push(...hosts.map(({ args }) => args.name));
    const all = hosts.flatMap(({ args: { name }, parsed: { settings } }) =>
      settings && !settings.gone && isWanted(name) ? [settings] : [],
    );
    // Who asks wants to know, whatever a preview does.
    const asked = all.map((one) => ({ ...one, deliverability: { ...one.deliverability, mode: "warn" as const } }));
    for (const advised of await Promise.all(asked.map((settings) => run.judge(settings)))) found.push(...advised);
  }
  const unknown = request.hosts.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Refusal(`there is no host ${unknown.join(", ")}; known here: ${[...new Set(known)].join(", ")}`, USAGE);
  return found;
}
