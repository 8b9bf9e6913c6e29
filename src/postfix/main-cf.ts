import type { Settings } from "../settings/settings.ts";
import { host } from "./sections/host.ts";
import { local } from "./sections/local.ts";
import { queue } from "./sections/queue.ts";
import { relay } from "./sections/relay.ts";
import type { Row } from "./sections/row.ts";
import { tls } from "./sections/tls.ts";

/** The sections of main.cf, each with its rows. A parameter that `mainCf` may have, and has, is there alone. */
export const sections = (settings: Settings): { title: string; rows: readonly Row[] }[] =>
  [
    { title: "The host", rows: host(settings) },
    { title: "The relay host", rows: relay(settings) },
    { title: "TLS", rows: tls(settings) },
    { title: "Mail on the host", rows: local(settings) },
    { title: "Limits", rows: queue(settings) },
  ]
    .map(({ title, rows }) => ({
      title,
      rows: rows.filter(([name, value]) => value !== undefined && !Object.hasOwn(settings.mainCf, name)),
    }))
    .concat({ title: "Further parameters", rows: further(settings) });

/** The text of main.cf. The host puts in front what only the host can know, relay_host_names among it. */
export function mainCf(owner: string, settings: Settings): string {
  return [
    `# Managed by postfix-relay for ${owner}. Edit the program's arguments instead; see \`postrelay check\`.\n`,
    ...sections(settings)
      .filter(({ rows }) => rows.length > 0)
      .map(({ rows }) => `\n${rows.map(line).join("")}`),
  ].join("");
}

const line = ([name, value, reason]: Row) => `# ${reason}\n${name} = ${value}\n`;

/** Further parameters, as the user wrote them. */
const further = ({ mainCf }: Settings): Row[] =>
  Object.entries(mainCf).map(([name, value]) => [name, value, "From `mainCf`."]);
