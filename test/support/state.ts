// A state as `pulumi stack export --show-secrets` prints it.

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A value in the form of a secret. */
export const sealed = (value: unknown) => ({ ...SECRET, plaintext: JSON.stringify(value) });

interface Relay {
  readonly name: string;
  /** The arguments of the Relay. */
  readonly args: Record<string, unknown>;
  /** Whether its first step was done. Defaults to yes. */
  readonly begun?: boolean;
  readonly formerly?: readonly string[];
  /** Types of what it is in. */
  readonly below?: string;
}

/** The state of a stack with these Relays. */
export function stateWith(stack: string, project: string, relays: readonly Relay[]): string {
  const resources = relays.flatMap(({ name, args, begun = true, formerly = [], below = "" }) => {
    const type = `${below}postfix-relay:index:Relay`;
    const urn = `urn:pulumi:${stack}::${project}::${type}::${name}`;
    const fields = [
      `owner ${project}/${stack}/${name}`,
      `resource ${urn}`,
      ...formerly.map((one) => `formerly ${one}`),
    ];
    const input = fields.map((field) => `#% ${field}\n`.replaceAll("'", "'\\''")).join("");
    const relay = { urn, custom: false, type: "postfix-relay:index:Relay", inputs: args };
    const step = {
      urn: `urn:pulumi:${stack}::${project}::${type}$command:remote:Command::${name}-packages`,
      custom: true,
      type: "command:remote:Command",
      parent: urn,
      inputs: {
        connection: sealed({ ...(args.connection as object), perDialTimeout: 15 }),
        create: "sh -s install",
        stdin: `main() {\n:\n}\ninput='${input}'\ntool='H4sI'\nmain "$@"\n`,
      },
    };
    return begun ? [relay, step] : [relay];
  });
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });
}
