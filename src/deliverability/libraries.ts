// The libraries that judge, loaded when there is something to judge. Half of what mailauth brings is for other uses,
// and takes twice as long to load as all the rest: it waits until somebody asks for it.

import { createRequire } from "node:module";
import { join } from "node:path";
import { here } from "../host/here.cjs";

type Require = ReturnType<typeof createRequire>;

/** Loads them once. No clock should run meanwhile: on a busy machine this takes longer than the DNS. */
export async function libraries() {
  loaded ??= load(createRequire(join(here, "x.js")));
  return loaded;
}

let loaded: ReturnType<typeof load> | undefined;

function load(own: Require) {
  const mailauth = createRequire(own.resolve("mailauth/lib/spf/index.js"));
  const mime = createRequire(mailauth.resolve("libmime"));
  const waiting = [
    instead(mailauth, "joi", joi),
    instead(mailauth, "tldts", whenUsed),
    instead(mime, "encoding-japanese", whenUsed),
  ];
  try {
    const { spf } = mailauth("./index.js") as typeof import("mailauth/lib/spf/index.js");
    const { dmarc } = mailauth("../dmarc/index.js") as typeof import("mailauth/lib/dmarc/index.js");
    const { getDomain } = own("tldts") as typeof import("tldts");
    return { spf, dmarc, getDomain };
  } finally {
    for (const restore of waiting) restore();
  }
}

/** Puts a stand-in in the place of a package. The function that comes back takes it away. */
function instead(require: Require, name: string, standIn: (real: () => never) => object): () => void {
  const place = require.resolve(name);
  if (require.cache[place]) return () => {};
  const exports = standIn(() => {
    restore();
    return require(name) as never;
  });
  const module = { id: place, filename: place, exports, loaded: true, children: [] } as unknown as NodeModule;
  const restore = () => {
    if (require.cache[place] === module) delete require.cache[place];
  };
  require.cache[place] = module;
  return restore;
}

/** Loads a package with the first use of something in it. */
const whenUsed = (real: () => Record<PropertyKey, never>) =>
  new Proxy({}, { get: (_, name) => real()[name], has: (_, name) => name in real() });

/** A plain name of a domain. */
const PLAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A schema of joi. */
interface Schema {
  domain(options: object): Schema;
  base64(options: object): Schema;
  validate(value: unknown): object;
}

/** Joi as mailauth uses it: a plain name is a domain, and of all else joi is asked. */
const joi = (real: () => { string(): Schema }) => ({
  string: () => ({
    domain: (options: object) => ({
      validate: (name: string) => (PLAIN.test(name) ? {} : real().string().domain(options).validate(name)),
    }),
    base64: (options: object) => ({ validate: (text: string) => real().string().base64(options).validate(text) }),
  }),
});
