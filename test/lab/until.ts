import { setTimeout as pause } from "node:timers/promises";

/** Asks again until the answer is neither undefined nor false; for facts that nothing announces. */
export async function until<T>(
  what: string,
  fact: () => T | Promise<T>,
  { seconds = 30, every = 25 }: { seconds?: number; every?: number } = {},
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await fact();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(every);
  }
}
