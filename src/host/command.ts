// How the tool on the host is called.

/** Where it is. */
export const TOOL = "/usr/local/sbin/postrelay";

/** The command for a verb, for a login user. */
export const tool = (verb: string) => (user: string) => `${user === "root" ? "" : "sudo -n "}${TOOL} ${verb}`;
