// A rollout as one page: the waves on a line of time, and what has failed. It loads nothing and runs no script.

import { escaped, isBad, secondsOf } from "./report.ts";
import { inWords, type RolloutStatus, type StackStatus, tally, waysOn } from "./status.ts";

const STYLE = `
:root { color-scheme: light dark; --ok: #1a7f37; --bad: #c0282d; --wait: #8a6100; --track: #8883; }
@media (prefers-color-scheme: dark) { :root { --ok: #4ac26b; --bad: #ff7b72; --wait: #d9a53a; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 72rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
.row { display: grid; grid-template-columns: minmax(6rem, 12rem) 6.5rem 1fr; gap: .25rem .75rem; align-items: center; padding: .15rem 0; }
.name { overflow-wrap: anywhere; } .track { background: var(--track); border-radius: 3px; height: .8rem; min-width: 0; }
.bar { fill: currentColor; } svg { display: block; width: 100%; height: .8rem; }
.good { color: var(--ok); } .bad { color: var(--bad); } .wait { color: var(--wait); }
.why { grid-column: 1 / -1; margin: 0 0 .5rem; padding: .5rem; border-left: 3px solid var(--bad); background: var(--track); white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.4 ui-monospace, monospace; }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr auto; } .track { grid-column: 1 / -1; } }
`;

function colorOf(one: StackStatus): "good" | "bad" | "wait" {
  if (one.state === "succeeded" || one.state === "unchanged") return "good";
  return isBad(one) ? "bad" : "wait";
}

/** The page. */
export function page(status: RolloutStatus): string {
  const { id, phase, wave, waves, why, notes, stacks } = status;
  const times = stacks.flatMap(({ began, ended }) => [began ?? [], ended ?? []].flat());
  const first = times.length > 0 ? Math.min(...times) : 0;
  const length = Math.max(1, (times.length > 0 ? Math.max(...times) : 0) - first);
  const row = (one: StackStatus) => {
    const from = one.began === undefined ? 0 : ((one.began - first) / length) * 1000;
    const wide =
      one.began === undefined || one.ended === undefined ? 0 : Math.max(4, ((one.ended - one.began) / length) * 1000);
    const color = colorOf(one);
    const at =
      wide > 0 ? `${secondsOf(one)} s, from second ${Math.round(((one.began ?? first) - first) / 1000)}` : "not begun";
    const bar = `<svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${at}"><title>${at}</title><rect class="bar" x="${from.toFixed(1)}" y="0" width="${wide.toFixed(1)}" height="10"/></svg>`;
    const reason =
      color === "bad" && one.why.length > 0
        ? `<pre class="why">${escaped([...one.why, ...(one.folder ? [`log: ${one.folder}`] : [])].join("\n"))}</pre>`
        : "";
    return `<div class="row"><span class="name">${escaped(one.stack)}</span><span class="${color}">${escaped(inWords(one.state))}</span><span class="track ${color}">${bar}</span>${reason}</div>`;
  };
  const sections = Array.from({ length: waves }, (_, index) => {
    const own = stacks.filter((one) => one.wave === index + 1);
    return `<section><h2>Wave ${index + 1}: ${escaped(tally(own))}</h2>\n${own.map(row).join("\n")}\n</section>`;
  });
  const lines = [...(why ? [why] : []), ...notes, ...waysOn(status)];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollout ${escaped(id)}</title><style>${STYLE}</style></head><body>
<h1>Rollout ${escaped(id)}: ${phase}</h1>
<p>Wave ${wave} of ${waves}: ${escaped(tally(stacks))}. ${Math.round(length / 1000)} seconds from the first start to the last end.</p>
${lines.length > 0 ? `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>` : ""}
${sections.join("\n")}
</body></html>
`;
}
