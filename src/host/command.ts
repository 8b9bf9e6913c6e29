// The names of the steps, and the command of the tool on the host.

/** The steps of a Relay, by the ends of their names, in their order. */
export const stepNames = ["packages", "main-cf", "sasl-passwd", "service", "delivery"] as const;

/** The end of the name of a step. */
export type StepName = (typeof stepNames)[number];

/** The path of the tool. */
export const TOOL = "/usr/local/sbin/postrelay";

/** What `checkCommand` prints first where the tool is not on a host. */
export const ABSENT = "postrelay: absent";

/**
 * Asks a host for its report. The reasons for having none are part of the output. Where the tool is not there, the
 * times of two folders tell one loss of it from the next. A login that cannot look into the folder knows nothing of it.
 */
export const checkCommand = (user: string): string =>
  `if [ -e ${TOOL} ] || [ ! -x /usr/local/sbin ]; then ${tool("check")(user)} 2>&1; else echo '${ABSENT}'; stat -c %Z /usr/local/sbin /var/lib; fi`;

/**
 * The command of a step that is done again, since the host is no longer as it was proven: it names this drift, which is
 * a change. The ID is made here.
 */
export const repairCommand = (create: string, id: string): string => `${create} --repair ${id}`;

/** Whether a command was made by that function, now or by an earlier version: a state may come from anywhere. */
export const isRepairCommand = (create: string, command: string): boolean =>
  command.startsWith(`${create} --repair `) && /^[0-9a-f-]+$/.test(command.slice(`${create} --repair `.length));

/** Runs a verb on a host where the tool is; its reasons are part of the output. */
export const verbCommand = (words: string, user: string): string =>
  `if [ -e ${TOOL} ]; then ${tool(words)(user)} 2>&1; else echo '${ABSENT}'; fi`;

/** The command for a verb, for a login user. */
export const tool = (verb: string) => (user: string) => `${user === "root" ? "" : "sudo -n "}${TOOL} ${verb}`;
