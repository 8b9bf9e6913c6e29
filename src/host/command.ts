// The names of the steps, and the command of the tool on the host.

/** The steps of a Relay, by the ends of their names, in their order. */
export const stepNames = ["packages", "main-cf", "sasl-passwd", "service", "delivery"] as const;

/** The end of the name of a step. */
export type StepName = (typeof stepNames)[number];

/** The path of the tool. */
export const TOOL = "/usr/local/sbin/postrelay";

/** The command for a verb, for a login user. */
export const tool = (verb: string) => (user: string) => `${user === "root" ? "" : "sudo -n "}${TOOL} ${verb}`;
