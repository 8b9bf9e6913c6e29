// Whether a wave is well: what its hosts say, beside hosts that were not changed yet.

/** What is known of one host. */
export interface Reading {
  readonly stack: string;
  readonly host: string;
  /** Whether the relay has answered a probe from it. */
  readonly answered: "yes" | "no" | "unknown";
  /** Whether it is as it was applied; undefined where it does not say. */
  readonly inSync: boolean | undefined;
  /** What it says of itself, or why it does not. */
  readonly why: string;
  /** Messages that wait after a failed try. */
  readonly deferred: number | undefined;
  /** What the relay said to those. */
  readonly waitsFor: string;
}

/** What the gate says. */
export interface GateResult {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly stacks: readonly string[];
  readonly why: string;
  /** The messages that wait on each host, to compare with later. */
  readonly queues: Readonly<Record<string, number>>;
}

/** The relay refuses who we are, how we come, or for whom: our own configuration. */
const OURS = /authenticat|SASL|STARTTLS|TLS|certificate|sender|not owned|53[045] |5\.7\.[0189]/i;

const nameOf = ({ stack, host }: Reading) => `${stack}/${host}`;

/** Judges a wave. `before` has the queues as they were when it was changed. */
export function judge(
  wave: readonly Reading[],
  control: readonly Reading[],
  before: GateResult["queues"] = {},
): GateResult {
  const queues = Object.fromEntries(
    [...wave, ...control].flatMap((one) => (one.deferred === undefined ? [] : [[nameOf(one), one.deferred]])),
  );
  const grew = (one: Reading) => {
    const then = before[nameOf(one)];
    return then !== undefined && (one.deferred ?? 0) > then;
  };
  const say = (
    verdict: GateResult["verdict"],
    found: readonly Reading[],
    what: (one: Reading) => string,
  ): GateResult => ({
    verdict,
    stacks: [...new Set(found.map(({ stack }) => stack))],
    why:
      found
        .slice(0, 3)
        .map((one) => `${nameOf(one)}: ${what(one)}`)
        .join("; ") + (found.length > 3 ? `; and ${found.length - 3} more` : ""),
    queues,
  });
  const outage = control.some(({ answered }) => answered === "no") || control.some(grew);
  const drifted = wave.filter(({ inSync }) => inSync === false);
  if (drifted.length > 0) return say("fail", drifted, ({ why }) => why || "has drifted");
  const refused = wave.filter(({ answered }) => answered === "no");
  const stuck = wave.filter((one) => grew(one) && OURS.test(one.waitsFor));
  const bad = [...refused, ...stuck.filter((one) => !refused.includes(one))];
  const told = (one: Reading) =>
    one.answered === "no" ? one.why || "no answer of the relay" : `more mail waits: ${one.waitsFor}`;
  if (bad.length > 0 && outage)
    return say("inconclusive", bad, (one) => `${told(one)} (hosts that were not changed have it too)`);
  if (bad.length > 0) return say("fail", bad, told);
  const silent = wave.filter(({ answered, inSync }) => answered === "unknown" || inSync === undefined);
  if (silent.length > 0) return say("inconclusive", silent, ({ why }) => why || "does not say");
  const waiting = wave.filter(grew);
  if (waiting.length > 0 && control.some(grew))
    return say("inconclusive", waiting, () => "more mail waits, as on hosts that were not changed");
  return { verdict: "pass", stacks: [], why: "", queues };
}
