// What a row of ours is beside others: the script, Mitogen, what Pulumi itself takes, and fewer hosts.

import type { Row } from "./results.ts";
import { summary } from "./statistics.ts";

/** One case, done in one of our ways. What cannot be compared is undefined. */
export interface Ratio {
  readonly case: string;
  readonly contestant: string;
  /** How many times the seconds of the script it takes. */
  readonly script?: number;
  /** How many times its seconds Ansible with Mitogen takes. */
  readonly mitogen?: number;
  /** Seconds above the floor: the same program for so many hosts, with `drift: "off"` and nothing to do. */
  readonly floor?: number;
  /** How many times the seconds for each host it takes that the same with the fewest hosts takes. */
  readonly linear?: number;
}

/** Our ways, the one without a preview first. */
export const ourWays = ["up --skip-preview", "up"] as const;

/** What follows a name that stands for several numbers of hosts. */
const size = /, (\d+) (light )?hosts$/;

/** The row that has the floor of a case: that of as many hosts. */
export const floorOf = (name: string): string => `floor${size.exec(name)?.[0] ?? ""}`;

/** The comparisons of all rows of ours, but those of the floor. */
export function ratios(rows: readonly Row[]): Ratio[] {
  const seconds = (name: string, contestant: string) =>
    summary(rows.find((row) => row.case === name && row.contestant === contestant)?.seconds ?? [])?.median;
  const ours = rows.filter((row) => ourWays.some((way) => way === row.contestant) && !row.case.startsWith("floor"));
  return ours.flatMap((row) => {
    const { case: name, contestant } = row;
    const own = seconds(name, contestant);
    if (own === undefined) return [];
    const [script, mitogen] = [seconds(name, "script"), seconds(name, "Ansible + Mitogen")];
    const floor = seconds(floorOf(name), contestant);
    const each = fewest(rows, row);
    const ratio: Ratio = {
      case: name,
      contestant,
      ...(script !== undefined && { script: own / script }),
      ...(mitogen !== undefined && { mitogen: mitogen / own }),
      ...(floor !== undefined && { floor: own - floor }),
      ...(each !== undefined && { linear: own / row.hosts / each }),
    };
    return [ratio];
  });
}

/** Seconds for each host of the same work with fewer light hosts; undefined if there are none. */
function fewest(rows: readonly Row[], { case: name, contestant, hosts }: Row): number | undefined {
  if (!size.exec(name)?.[2]) return undefined;
  const same = rows.filter(
    (row) =>
      row.contestant === contestant &&
      size.exec(row.case)?.[2] &&
      row.case.replace(size, "") === name.replace(size, ""),
  );
  const least = same.sort((a, b) => a.hosts - b.hosts)[0];
  const all = summary(least?.seconds ?? []);
  return least && all && least.hosts < hosts ? all.median / least.hosts : undefined;
}
