// The program behind `pulumi up` in this checkout.

export { deliveries } from "../src/stack/program.ts";
