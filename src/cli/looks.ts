// All hosts at once, as far as that is good for them.

import type { Look } from "../drift/look.ts";
import type { Target } from "./targets.ts";

/** Connections at once from this machine: more of them would wait for its processor, while their time runs. */
const DIRECT = 32;
/** Connections at once through one bastion, whose sshd drops some at random when ten have not logged in yet. */
const THROUGH_ONE = 6;

/** Looks at all of them; the looks come in the order of the hosts. `seen` is told how many are done. */
export async function lookAtAll(
  targets: readonly Target[],
  look: (login: Target["login"]) => Promise<Look>,
  seen: (done: number) => void = () => {},
): Promise<Look[]> {
  const looks: Look[] = [];
  let done = 0;
  const lanes = Map.groupBy(
    [...targets.entries()],
    ([
      ,
      {
        login: { proxy },
      },
    ]) => proxy && `${proxy.host}:${proxy.port}`,
  );
  const one = async ([index, { login }]: [number, Target]) => {
    looks[index] = await look(login);
    done += 1;
    seen(done);
  };
  await Promise.all([...lanes].map(([bastion, lane]) => few(lane, bastion ? THROUGH_ONE : DIRECT, one)));
  return looks;
}

/** Does it with each, with so many at once. */
async function few<T>(items: readonly T[], count: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const one = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: count }, one));
}
