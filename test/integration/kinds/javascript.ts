// Programs in JavaScript and TypeScript: the lines that every kind of them has.

import { LATE, type Spec, type Syntax, THROWN, write } from "./values.ts";

const syntax: Syntax = {
  plain: (value) => JSON.stringify(value),
  list: (entries) => `[${entries.join(", ")}]`,
  object: (entries) => `{ ${entries.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")} }`,
  how: (how, value) =>
    ({
      secret: `pulumi.secret(${value})`,
      output: `pulumi.output(${value})`,
      promise: `Promise.resolve(${value})`,
      later: `pulumi.output(new Promise((resolve) => setTimeout(resolve, ${LATE}, ${value})))`,
      fails: `pulumi.output(0).apply(() => { throw new Error(${value}); })`,
    })[how],
};

const thrown = `new Error(${JSON.stringify(THROWN)})`;

/** The statements of a program that has `pulumi` and `Relay`, and the expression of its exports. */
export function javascript({ relays, inTurn, exports, throws }: Spec): { statements: string; exported: string } {
  const made = Object.entries(relays).map(
    ([name, args], index) =>
      `const relay${index}${": any"} = new Relay(${JSON.stringify(name)}, ${write(args, syntax)} as any${inTurn && index > 0 ? `, { dependsOn: relay${index - 1} }` : ""});`,
  );
  const end = {
    "at once": `throw ${thrown};`,
    later: `setTimeout(() => { throw ${thrown}; }, ${LATE});`,
  };
  const outputs = Object.keys(relays).map((name, index) => `${JSON.stringify(name)}: relay${index}.delivery`);
  return {
    statements: [...made, ...(throws ? [end[throws]] : [])].join("\n"),
    exported: exports ? `{ ${outputs.join(", ")} }` : "{}",
  };
}
