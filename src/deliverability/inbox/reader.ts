// What reads the header of a message and verifies it, loaded when there is a message: none of it is needed before.

import { DEADLINE, type Looks } from "../dns.ts";
import { libraries } from "../libraries.ts";
import type { Judgement, Reader } from "./header.ts";

/** Loads what reads a header. */
export async function openReader(): Promise<Reader> {
  const [{ parse }, { parseReceived, getClientAddress }, { default: parseResults }] = await Promise.all([
    import("tldts"),
    import("mailauth/lib/parse-received.js"),
    import("mailauth/lib/parse-dkim-headers.js"),
  ]);
  return {
    organization: (name) => {
      const { domain, isIcann, isPrivate } = parse(name.replace(/\.$/, ""));
      return (isIcann || isPrivate) && domain ? domain : undefined;
    },
    received: (line) => {
      const { by, from } = parseReceived(line) || {};
      return { by: by?.value ?? "", client: getClientAddress(from) || "", helo: from?.value?.split(" ")[0] ?? "" };
    },
    results: (line) => {
      const { value, spf, dkim, dmarc } = parseResults(line).parsed;
      return {
        id: value?.split(" ")[0] ?? "",
        spf: spf?.value,
        dkim: dkim?.map(({ value = "" }) => value),
        dmarc: dmarc?.value,
      };
    },
  };
}

/** The results of SPF, DKIM and DMARC. */
export type Verified = Pick<Judgement, "spf" | "dkim" | "dmarc">;

/** Verifies a message as its receiver could have: with the address and the name that the header says it came from. */
export async function verify(
  message: Buffer,
  { sentFrom, helo }: Pick<Judgement, "sentFrom" | "helo">,
  returnPath: string,
  all: Looks,
): Promise<Verified> {
  const [{ spf, dmarc }, { dkimVerify }] = await Promise.all([libraries(), import("mailauth/lib/dkim/verify.js")]);
  // The time for the look-ups begins when there is nothing more to load.
  const looks = all.within(DEADLINE);
  const common = { resolver: looks.resolver as never, strict: true };
  const signed = await dkimVerify(message, common as never);
  const results = signed.results ?? [];
  const passed = results.filter(({ status }) => status?.result === "pass");
  const sender = returnPath.replace(/^.*<|>.*$/g, "").trim();
  const domain = sender.includes("@") ? sender.slice(sender.lastIndexOf("@") + 1) : helo;
  const path = sentFrom ? await spf({ ...common, sender, ip: sentFrom, helo, mta: "postfix-relay" }) : undefined;
  const found = await dmarc({
    ...common,
    headerFrom: signed.headerFrom ?? [],
    spfDomains: path?.status.result === "pass" ? [{ domain }] : [],
    dkimDomains: passed.map(({ id, signingDomain, status }) => ({
      ...{ id, domain: signingDomain, aligned: status?.aligned, underSized: status?.underSized },
    })),
  } as never);
  return {
    spf: path?.status.result ?? "",
    dkim: passed.length > 0 ? "pass" : (results[0]?.status?.result ?? "none"),
    dmarc: found ? found.status.result : "none",
  };
}
