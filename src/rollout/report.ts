// A rollout as a report: Markdown for a page, JUnit for a CI server, and the lines at the end of a command.

import { inWords, type RolloutStatus, type StackStatus, tally, waysOn } from "./status.ts";

/** Seconds that a stack has taken. */
export const secondsOf = ({ began, ended }: StackStatus): number =>
  began === undefined || ended === undefined ? 0 : Math.round((ended - began) / 1000);

/** Whether something has gone wrong with a stack. */
export const isBad = ({ state }: StackStatus): boolean =>
  !["succeeded", "unchanged", "pending", "queued", "running", "skipped"].includes(state);

/** The last lines of a command: how far it is, what has failed and why, and what can be done. */
export function summary(status: RolloutStatus): string {
  const { id, phase, wave, waves, why, notes, stacks } = status;
  const bad = stacks.filter(isBad);
  return [
    `rollout ${id} is ${phase}, wave ${wave} of ${waves}: ${tally(stacks)}`,
    ...(why ? [`why: ${why}`] : []),
    ...notes.map((note) => `note: ${note}`),
    ...bad
      .slice(0, 20)
      .flatMap((one) => [
        `${one.stack} ${inWords(one.state)}${one.why.length > 0 ? `: ${one.why[0]}` : ""}`,
        ...one.why.slice(1).map((line) => `  ${line}`),
        ...(one.folder ? [`  log: ${one.folder}`] : []),
      ]),
    ...(bad.length > 20 ? [`… and ${bad.length - 20} more`] : []),
    ...waysOn(status),
    "",
  ].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A page of Markdown. */
export function markdown(status: RolloutStatus): string {
  const { id, phase, wave, waves, why, notes, stacks } = status;
  const rows = stacks.map((one) =>
    [one.wave, one.stack, one.hosts, inWords(one.state), `${secondsOf(one)} s`, one.why[0] ?? ""]
      .map((text) => cell(`${text}`))
      .join(" | "),
  );
  return [
    `# Rollout ${id}: ${phase}`,
    "",
    `Wave ${wave} of ${waves}: ${tally(stacks)}.${why ? ` ${cell(why)}.` : ""}`,
    ...notes.flatMap((note) => ["", `Note: ${cell(note)}.`]),
    ...waysOn(status).flatMap((line) => ["", `- ${line}`]),
    "",
    "| wave | stack | hosts | state | time | why |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

/** Text in XML and HTML, without the characters that XML does not have. */
export const escaped = (text: string): string =>
  text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, "").replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

/** JUnit: a suite for each wave, a case for each stack. */
export function junit({ id, waves, stacks }: RolloutStatus): string {
  const suites = Array.from({ length: waves }, (_, index) => {
    const own = stacks.filter(({ wave }) => wave === index + 1);
    const cases = own.map((one) => {
      const [tag, reason] = [tagOf(one), escaped(one.why.join("\n"))];
      const inside =
        tag &&
        (tag === "skipped"
          ? "<skipped/>"
          : `<${tag} message="${escaped(one.why[0] ?? inWords(one.state))}">${reason}</${tag}>`);
      return `    <testcase classname="${escaped(id)}" name="${escaped(one.stack)}" time="${secondsOf(one)}">${inside}</testcase>`;
    });
    const count = (tag: string) => own.filter((one) => tagOf(one) === tag).length;
    const counts = `tests="${own.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
    return [`  <testsuite name="wave ${index + 1}" ${counts}>`, ...cases, "  </testsuite>"].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rollout ${escaped(id)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function tagOf({ state }: StackStatus): "" | "failure" | "error" | "skipped" {
  if (state === "succeeded" || state === "unchanged") return "";
  if (state === "failed" || state === "suspect") return "failure";
  return ["timed-out", "unreachable", "locked", "inconclusive", "changed"].includes(state) ? "error" : "skipped";
}
