import { expect, test } from "vitest";
import type { Evidence, SpfEvidence } from "../../src/deliverability/evidence.ts";
import { decide, type Verdict } from "../../src/deliverability/verdict.ts";

interface Brief {
  envelope?: Evidence["envelope"];
  name?: Evidence["name"]["state"];
  spf?: SpfEvidence["state"];
  aligned?: boolean;
  assumed?: boolean;
  dkim?: Evidence["dkim"]["state"];
  signs?: boolean;
  policy?: Evidence["dmarc"]["policy"];
}

const evidence = ({
  envelope = "kept",
  name = "there",
  spf = "none",
  aligned = true,
  assumed = false,
  dkim = "none",
  signs = true,
  policy = "absent",
}: Brief): Evidence => ({
  envelope,
  name: { state: name },
  spf: { state: spf, domain: "example.com", aligned, assumed, tried: [], failing: [], texts: [], terms: [] },
  dkim: { state: dkim, domain: "example.com", aligned: signs, found: [], tried: [], wrong: [] },
  dmarc: { policy },
});

test.each<[Brief, Verdict]>([
  [{ name: "nullMx", spf: "pass", dkim: "key" }, "refused"],
  [{ spf: "pass" }, "accepted"],
  [{ spf: "pass", policy: "reject" }, "accepted"],
  [{ dkim: "key" }, "accepted"],
  [{ dkim: "key", policy: "failed" }, "accepted"],
  [{ name: "none", spf: "pass" }, "doubtful"],
  [{ name: "none", dkim: "key" }, "doubtful"],
  [{ name: "none", envelope: "own", spf: "skipped", aligned: false, dkim: "key" }, "accepted"],
  [{ name: "failed", spf: "pass" }, "accepted"],
  [{ spf: "fail", dkim: "key" }, "doubtful"],
  [{ spf: "several", dkim: "key" }, "doubtful"],
  [{ spf: "overLookups", dkim: "key" }, "doubtful"],
  [{ spf: "softfail", dkim: "key" }, "accepted"],
  [{ spf: "part" }, "doubtful"],
  [{ spf: "part", policy: "reject" }, "refused"],
  [{ spf: "part", policy: "reject", dkim: "unknown" }, "doubtful"],
  [{ spf: "voids", policy: "quarantine" }, "doubtful"],
  [{ spf: "failed" }, "unknown"],
  [{ spf: "fail", dkim: "failed" }, "unknown"],
  [{ spf: "fail", policy: "failed" }, "unknown"],
  [{ spf: "none", dkim: "unknown" }, "doubtful"],
  [{ spf: "none" }, "refused"],
  [{ spf: "none", assumed: true }, "refused"],
  [{ spf: "several", assumed: true }, "refused"],
  [{ spf: "fail" }, "refused"],
  [{ spf: "fail", assumed: true }, "doubtful"],
  [{ spf: "softfail", assumed: true, policy: "reject" }, "doubtful"],
  [{ spf: "pass", aligned: false }, "doubtful"],
  [{ spf: "pass", aligned: false, policy: "reject" }, "refused"],
  [{ envelope: "own", spf: "skipped", aligned: false }, "doubtful"],
  [{ envelope: "own", spf: "skipped", aligned: false, policy: "none" }, "doubtful"],
  [{ envelope: "own", spf: "skipped", aligned: false, policy: "quarantine" }, "refused"],
  [{ envelope: "own", spf: "skipped", aligned: false, dkim: "key" }, "accepted"],
  [{ envelope: "own", spf: "skipped", aligned: false, dkim: "key", signs: false, policy: "reject" }, "refused"],
  [{ envelope: "own", spf: "skipped", aligned: false, dkim: "unknown", policy: "reject" }, "doubtful"],
])("%j is %s", (brief, verdict) => {
  expect(decide(evidence(brief)).verdict).toBe(verdict);
});

test("a look-up that fails never makes a verdict worse than unknown", () => {
  const states: SpfEvidence["state"][] = ["fail", "softfail", "neutral", "none", "several", "broken", "pass"];
  for (const spf of [...states, "failed" as const])
    for (const dkim of ["none", "unknown", "failed"] as const)
      for (const policy of ["absent", "none", "reject", "failed"] as const)
        if ([spf, dkim, policy].includes("failed"))
          expect(decide(evidence({ spf, dkim, policy, aligned: spf !== "pass" })).verdict).toBe("unknown");
});
