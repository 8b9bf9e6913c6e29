// The program behind `pulumi up` in this checkout.

import "../src/stack/cache.ts";

// What is imported by name would be compiled before the cache is on.
export const { deliveries, deliverability, inboxes } = await import("../src/stack/program.ts");
