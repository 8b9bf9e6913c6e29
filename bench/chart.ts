// The picture in docs/performance.md: seconds of the most telling cases, as bars.

import { floorOf } from "./ratios.ts";
import type { Results } from "./results.ts";
import { summary, told } from "./statistics.ts";

/** What is shown, from top to bottom; a case that was not measured is left out. */
const shown = ["first install, bookworm", "changed port", "no change", "changed port, 8 hosts", "no change, 8 hosts"];

/** The bars of a case, each with its class in the style below. */
const bars = [
  ["script", "other"],
  ["up --skip-preview", "ours"],
  ["up", "ours also"],
  ["Ansible + Mitogen", "other"],
  ["Ansible", "other"],
] as const;

const WIDTH = 860;
const LEFT = 170;
/** Room for the number behind the longest bar. */
const RIGHT = 70;
const TITLE = 26;
const BAR = 14;
const LINE = 19;
const GAP = 16;
const MARGIN = 24;

// It brings its own ground, light or dark as the reader's system is: legible whatever the page around it is.
const style = `
text { paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }
.ground { fill: #ffffff; } text { fill: #1f2328; stroke: #ffffff; } .quiet { fill: #59636e; } .line { stroke: #d1d9e0; }
.ours { fill: #0969da; } .also { fill: #54aeff; } .other { fill: #afb8c1; } .floor { stroke: #1f2328; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; } text { fill: #e6edf3; stroke: #0d1117; } .quiet { fill: #9198a1; } .line { stroke: #3d444d; }
  .ours { fill: #58a6ff; } .also { fill: #1f6feb; } .other { fill: #6e7681; } .floor { stroke: #ffffff; }
}
`;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A case with its bars. */
interface Group {
  readonly name: string;
  readonly values: readonly {
    readonly contestant: string;
    readonly kind: string;
    readonly value: number;
    readonly floor?: number;
  }[];
}

/** What of the cases was measured: medians. */
function groupsOf({ rows }: Results): Group[] {
  const seconds = (name: string, contestant: string) =>
    summary(rows.find((row) => row.case === name && row.contestant === contestant)?.seconds ?? [])?.median;
  return shown
    .map((name) => ({
      name,
      values: bars.flatMap(([contestant, kind]) => {
        const value = seconds(name, contestant);
        const floor = seconds(floorOf(name), contestant);
        return value === undefined ? [] : [{ contestant, kind, value, ...(floor !== undefined && { floor }) }];
      }),
    }))
    .filter(({ values }) => values.length > 0);
}

/** A step of the scale that leaves at most eight lines. */
const stepFor = (most: number): number => [0.5, 1, 2, 5, 10, 20, 50].find((step) => most / step <= 8) ?? 100;

const mark = (x: number, y: number) =>
  `<line class="floor" x1="${x}" x2="${x}" y1="${y - 2}" y2="${y + BAR + 2}" stroke-width="2"/>`;

/** The bars of a case below its name, and where the next one begins. */
function drawn({ name, values }: Group, top: number, x: (seconds: number) => number): { text: string; next: number } {
  const lines = values.map(({ contestant, kind, value, floor }, index) => {
    const y = top + 8 + index * LINE;
    const middle = y + BAR / 2 + 4;
    const width = Math.max(x(value) - LEFT, 1).toFixed(1);
    return [
      `<text class="quiet" x="${LEFT - 8}" y="${middle}" text-anchor="end">${escaped(contestant)}</text>`,
      `<rect class="${kind}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
      `<text x="${x(value) + 6}" y="${middle}">${told(value)}</text>`,
      ...(floor === undefined ? [] : [mark(x(floor), y)]),
    ].join("");
  });
  const title = `<text x="${LEFT}" y="${top}" font-weight="600">${escaped(name)}</text>`;
  return { text: [title, ...lines].join("\n"), next: top + 8 + values.length * LINE + GAP + TITLE - 8 };
}

/** The picture of a run, as SVG. */
export function chart(results: Results): string {
  const groups = groupsOf(results);
  const most = Math.max(1, ...groups.flatMap(({ values }) => values.map(({ value }) => value)));
  const x = (value: number) => Math.round((LEFT + (value / most) * (WIDTH - LEFT - RIGHT)) * 10) / 10;
  let top = MARGIN + TITLE;
  const parts = groups.map((group) => {
    const { text, next } = drawn(group, top, x);
    top = next;
    return text;
  });
  const bottom = top - TITLE - GAP + 12;
  const step = stepFor(most);
  const lines = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => {
    const at = x(index * step);
    const line = `<line class="line" x1="${at}" x2="${at}" y1="${MARGIN + 6}" y2="${bottom}"/>`;
    return `${line}<text class="quiet" x="${at}" y="${bottom + 16}" text-anchor="middle">${index * step} s</text>`;
  });
  const height = bottom + 48;
  const names = bars.map(([name]) => name).join(", ");
  const title = `Seconds that the same work takes: ${names}; ${results.machine.date.slice(0, 10)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title" \
font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12">
<title id="title">${escaped(title)}</title>
<style>${style}</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="10"/>
${[...lines, ...parts].join("\n")}
<rect class="ours" x="${LEFT}" y="${height - 20}" width="12" height="12" rx="2"/>
<text class="quiet" x="${LEFT + 18}" y="${height - 10}">this package</text>
${mark(LEFT + 120, height - 21)}
<text class="quiet" x="${LEFT + 128}" y="${height - 10}">the floor: what Pulumi itself takes, with drift: "off" and nothing to do</text>
</svg>
`;
}
