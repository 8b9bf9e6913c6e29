// The JSON schema of what `postrelay check` prints, from src/drift.

import { z } from "zod";
import { hostReport } from "../../src/drift/host-report.ts";

/** The schema as JSON. */
export function checkSchema(): string {
  // Other programs may meet a host with a newer tool, which tells more.
  const schema = z.toJSONSchema(hostReport, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
