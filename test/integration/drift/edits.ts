// Edits of main.cf and master.cf by hand, of which Postfix refuses many: those of bug reports, and some that a seed
// draws from all parameters that Postfix has.

/** One edit: what is done on the host, and what a refusal would have to name. */
export interface Edit {
  readonly does: string;
  readonly name: string;
  /** With it Postfix keeps running, and bounces users' mail. */
  readonly returns?: true;
}

/** What a typing error, or another tool, may leave as a value. */
const values = [
  ...["", "x", "-1", "0", "99999999999999999999", "1s 2x", "yes no", "$nosuch", "${x", "/nowhere", "hash:/nowhere"],
  ...["nosuch:x", "192.0.2.77", "no.such.host.example.test", "0.0.0.0/0", "a b c", "[", "{ x"],
];
/** What follows an edit. */
const afterwards = [":", "postfix reload", "systemctl restart postfix"];

const set = (name: string, value: string, then = ":"): Edit => ({
  does: `printf '%s\n' '${name} = ${value}' >> /etc/postfix/main.cf; ${then}`,
  name,
});

/** Those of bug reports. */
export const reported: readonly Edit[] = [
  { does: "echo garbage >> /etc/postfix/main.cf; systemctl restart postfix", name: "main.cf" },
  { does: "rm /etc/postfix/main.cf; systemctl restart postfix", name: "main.cf" },
  { does: ": > /etc/postfix/main.cf; systemctl restart postfix", name: "main.cf", returns: true },
  { does: "head -c 300 /dev/urandom > /etc/postfix/main.cf; systemctl restart postfix", name: "main.cf" },
  { does: "sed -i 1igarbage /etc/postfix/master.cf; systemctl restart postfix", name: "master.cf" },
  { does: "rm /etc/postfix/master.cf; systemctl restart postfix", name: "master.cf" },
  { does: ": > /etc/postfix/master.cf; systemctl restart postfix", name: "master.cf" },
  { does: "sed -i '/^qmgr/d; s/ pickup$/ nosuchprogram/' /etc/postfix/master.cf; postfix reload", name: "master.cf" },
  { does: "rm /etc/postfix/m*.cf; systemctl restart postfix", name: "main.cf" },
  set("mail_owner", "nosuch", "systemctl restart postfix"),
  set("setgid_group", "nosuch", "systemctl restart postfix"),
  set("inet_interfaces", "192.0.2.77", "systemctl restart postfix"),
  set("compatibility_level", "x", "systemctl restart postfix"),
  set("queue_directory", "/nowhere", "systemctl restart postfix"),
  set("daemon_directory", "/nowhere", "systemctl restart postfix"),
  set("default_database_type", "nosuch", "postfix reload"),
  set("mydestination", "hash:/nowhere", "postfix reload"),
];

/** As many as that, drawn from these parameters; the same for the same seed. */
export function drawn(parameters: readonly string[], count: number, seed: number): Edit[] {
  let state = seed;
  // Numerical Recipes' linear congruential generator: enough for a draw.
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const one = <T>(list: readonly T[]) => list[below(list.length)] as T;
  return Array.from({ length: count }, () => set(one(parameters), one(values), one(afterwards)));
}
