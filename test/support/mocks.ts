// Runs a Pulumi program without an engine, and says what it would have registered.

import * as pulumi from "@pulumi/pulumi";

/** The key by which Pulumi marks a secret on its way to the engine. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** One resource, as the engine would have got it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly after: readonly string[];
  readonly aliases: readonly string[];
  readonly options: {
    readonly deleteBeforeReplace: boolean;
    readonly replaceWith: readonly string[];
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    /** How many transforms it has. */
    readonly transforms: number;
  };
  readonly inputs: Record<string, unknown>;
}

/** The part of a registration request that is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getAliasesList(): { toObject(): unknown }[];
  getDeletebeforereplace(): boolean;
  getReplaceWithList(): string[];
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getTransformsList(): unknown[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

type Register = (request: Request, ...rest: unknown[]) => unknown;

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

/** What each step of a Relay prints. */
export const STDOUT: Readonly<Record<string, string>> = {
  packages: '{"postrelay":"install","postfixVersion":"3.7.11"}',
  "main-cf": '{"postrelay":"stage"}',
  "sasl-passwd": '{"postrelay":"stage"}',
  service: '{"postrelay":"start","ends":[]}',
  delivery:
    '{"postrelay":"deliver","status":"sent","relay":"example.sakura.ne.jp[192.0.2.1]:587","dsn":"2.0.0","queueId":"4ABC","answer":"250 ok","seconds":1.2,"unproven":[],"kept":[]}',
};

const stdoutOf = (name: string, stdout: Readonly<Record<string, string>>) =>
  Object.entries(stdout).find(([step]) => name.endsWith(`-${step}`))?.[1] ?? "";

interface Surroundings {
  /** What the steps print. */
  stdout?: Readonly<Record<string, string>>;
  /** Whether this is a preview. */
  preview?: boolean;
}

/** Runs the program; resolves when all of its resources are registered. */
export async function registered(
  program: () => unknown,
  { stdout = {}, preview = false }: Surroundings = {},
): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({
        id: `${name}-id`,
        state: { ...inputs, stdout: stdoutOf(name, { ...STDOUT, ...stdout }), stderr: "" },
      }),
      call: () => ({}),
    },
    "mail",
    "test",
    preview,
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
      options: {
        deleteBeforeReplace: request.getDeletebeforereplace(),
        replaceWith: request.getReplaceWithList().map(nameOf),
        retainOnDelete: request.getRetainondelete(),
        ignoreChanges: request.getIgnorechangesList(),
        transforms: request.getTransformsList().length,
      },
      inputs: request.getObject().toJavaScript(),
    });
    return register(request, ...rest);
  };
  await program();
  await pulumi.runtime.disconnect();
  return resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** The value of a secret, or undefined if it is none. */
export function secretValue(value: unknown): unknown {
  return isSecret(value) ? (value as { value: unknown }).value : undefined;
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && SECRET in value;
}

/** Where a text can be read: the paths to it that lead through no secret. */
export function readable(poison: string, value: unknown, path = ""): string[] {
  if (typeof value === "string") return value.includes(poison) ? [path] : [];
  if (isSecret(value) || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => readable(poison, entry, `${path}.${key}`));
}
