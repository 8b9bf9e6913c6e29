// Work in turns.

/** Runs pieces of work, at most `limit` of them at the same time; the others wait in the order in which they came. */
export function atOnce(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const turn = () => {
    if (underWay === limit) return new Promise<void>((resolve) => waiting.push(resolve));
    underWay += 1;
    return Promise.resolve();
  };
  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}
