// Runs a Pulumi program without an engine, and says what it would have registered.

import * as pulumi from "@pulumi/pulumi";

/** What Pulumi puts around a secret on its way to the engine. */
const ENVELOPE = "4dabf18193072939515e22adb298388d";

/** One resource, as the engine would have got it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly after: readonly string[];
  readonly aliases: readonly string[];
  readonly inputs: Record<string, unknown>;
}

/** The part of a registration request that is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getAliasesList(): { toObject(): unknown }[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

type Register = (request: Request, ...rest: unknown[]) => unknown;

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

/** What each step of a Relay answers. */
const STDOUT: Record<string, string> = {
  packages: '{"postfixVersion":"3.7.11"}',
  delivery:
    '{"status":"sent","relay":"example.sakura.ne.jp[192.0.2.1]:587","dsn":"2.0.0","queueId":"4ABC","answer":"250 ok","seconds":1.2}',
};

/** Runs the program; resolves when all of its resources are registered. */
export async function registered(program: () => unknown): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({
        id: `${name}-id`,
        state: { ...inputs, stdout: STDOUT[name.split("-").at(-1) ?? ""] ?? "{}", stderr: "" },
      }),
      call: () => ({}),
    },
    "mail",
    "test",
  );
  // The mocks hide parents and order, so they are read off the requests.
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    resources.push({
      type: request.getType(),
      name: request.getName(),
      parent: nameOf(request.getParent()),
      after: request.getDependenciesList().map(nameOf).sort(),
      aliases: request.getAliasesList().map((alias) => JSON.stringify(alias.toObject())),
      inputs: request.getObject().toJavaScript(),
    });
    return register(request, ...rest);
  };
  await program();
  await pulumi.runtime.disconnect();
  return resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** The value inside an envelope, or undefined if it is no secret. */
export function secretValue(value: unknown): unknown {
  return isSecret(value) ? (value as { value: unknown }).value : undefined;
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && ENVELOPE in value;
}

/** Where a text can be read, outside of every envelope. */
export function readable(poison: string, value: unknown, path = ""): string[] {
  if (typeof value === "string") return value.includes(poison) ? [path] : [];
  if (isSecret(value) || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => readable(poison, entry, `${path}.${key}`));
}
