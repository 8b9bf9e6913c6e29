// Times for people.

const units = [
  ["days", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** A span of time in its largest unit that has two of it, so that it is never off by much. */
export function span(seconds: number): string {
  const [name, size] = units.find(([, size]) => seconds >= 2 * size) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${name}`;
}

/** A time in seconds since 1970, and how long ago that was. The clock of a host may be ahead of ours. */
export function ago(time: number, now: number): string {
  const text = new Date(time * 1000).toISOString().replace("T", " ").slice(0, 16);
  return `${text} UTC (${span(Math.max(0, now - time))} ago)`;
}
