// What a fleet says as a whole: its waves before an update, and how far it has come when a wave fails.

/** The outcome of a host in this update, as far as there is one. */
export type Outcome = { readonly proven: true } | { readonly failed: string };

/** Names in a sentence; a long list is cut. */
export function listed(names: readonly string[], most = 12): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most - 2).join(", ")} and ${names.length - most + 2} more`;
}

/** The waves of a preview, where there are several. */
export function wavesText(waves: readonly (readonly string[])[]): string | undefined {
  if (waves.length < 2) return undefined;
  return ["Waves:", ...waves.map((names, index) => `  ${index + 1}. ${listed(names)}`)].join("\n");
}

/** How far the fleet has come when a host of the wave with this index has failed. */
export function summaryText(
  waves: readonly (readonly string[])[],
  wave: number,
  outcomes: ReadonlyMap<string, Outcome>,
): string {
  const names = waves.flat();
  const own = waves[wave] ?? [];
  const proven = names.filter((name) => "proven" in (outcomes.get(name) ?? {}));
  const failed = names.flatMap((name) => {
    const outcome = outcomes.get(name);
    return outcome && "failed" in outcome ? [{ name, reason: outcome.failed }] : [];
  });
  const unfinished = own.filter((name) => !outcomes.has(name));
  const untouched = waves.slice(wave + 1).flat();
  const line = (what: string, said: readonly string[], why = "") =>
    said.length > 0 ? [`  ${what}: ${listed(said)}${why}`] : [];
  return [
    waves.length > 1 ? `Wave ${wave + 1} of ${waves.length} has failed.` : "The update of the hosts has failed.",
    ...line("proven", proven),
    ...grouped(failed).map(({ names, reason }) => `  failed: ${listed(names)}: ${reason}`),
    ...line("not finished", unfinished, " (of the same wave; Pulumi starts no further step after a failure)"),
    ...line("not touched", untouched, " (a later wave)"),
    `The next \`pulumi up\` begins with ${listed([...failed.map(({ name }) => name), ...unfinished])}${
      untouched.length > 0 ? " and continues with the later waves" : ""
    }.`,
  ].join("\n");
}

/** Hosts that have the same to say, in their order. */
export function grouped(
  said: readonly { readonly name: string; readonly reason: string }[],
): { names: string[]; reason: string }[] {
  const reasons = [...new Set(said.map(({ reason }) => reason))];
  return reasons.map((reason) => ({
    reason,
    names: said.filter((one) => one.reason === reason).map(({ name }) => name),
  }));
}

/** The words of the host in the error of a step, without what the provider puts round them, on one line. */
export function reasonOf(errors: readonly string[]): string {
  const text = errors[0] ?? "";
  const [, own] = /^postrelay: (.*)$/m.exec(text) ?? [];
  const line = own ?? text.split("\n").find((line) => line.trim() !== "") ?? "no reason is known";
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line.trim();
}

const LONGEST = 200;
