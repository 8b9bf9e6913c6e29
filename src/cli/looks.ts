// All hosts at once, as far as that is good for them.

import type { Look } from "../drift/look.ts";
import type { Target } from "./targets.ts";

/** More of them would wait for the processor of this machine, while their time runs. */
const AT_ONCE = 32;

/** Looks at all of them; the looks come in the order of the hosts. `seen` is told how many are done. */
export async function lookAtAll(
  targets: readonly Target[],
  look: (login: Target["login"]) => Promise<Look>,
  seen: (done: number) => void = () => {},
): Promise<Look[]> {
  const looks: Look[] = [];
  const waiting = targets.entries();
  let done = 0;
  const some = async () => {
    for (const [index, { login }] of waiting) {
      looks[index] = await look(login);
      done += 1;
      seen(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return looks;
}
