// Part of the stand-in for the command provider (command-provider.ts): the check of a resource's inputs.
// Unused where the official provider is installed.
import type { Properties, Wire } from "./wire.ts";
import { isObject, secret, UNKNOWN, unwrapped } from "./wire.ts";

/** A wrong input: where, and why. Values are never part of it. */
export interface Failure {
  property: string;
  reason: string;
}

type Kind = "string" | "bool" | "int" | "float64" | "[]any" | "map[string]string" | "connection" | "proxy";

interface Shape {
  type: string;
  required: string[];
  fields: Record<string, Kind>;
  defaults: Record<string, Wire>;
}

const endpoint: Pick<Shape, "required" | "defaults"> & { fields: Record<string, Kind> } = {
  required: ["host"],
  fields: {
    host: "string",
    port: "float64",
    user: "string",
    password: "string",
    privateKey: "string",
    privateKeyPassword: "string",
    agentSocketPath: "string",
    hostKey: "string",
    dialErrorLimit: "int",
    perDialTimeout: "int",
  },
  defaults: { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 },
};

const shapes = {
  command: {
    type: "remote.CommandInputs",
    required: ["connection"],
    fields: {
      connection: "connection",
      create: "string",
      update: "string",
      delete: "string",
      stdin: "string",
      environment: "map[string]string",
      triggers: "[]any",
      logging: "string",
      addPreviousOutputInEnv: "bool",
    },
    defaults: {},
  },
  connection: { ...endpoint, type: "remote.Connection", fields: { ...endpoint.fields, proxy: "proxy" } },
  proxy: { ...endpoint, type: "remote.ProxyConnection" },
} satisfies Record<string, Shape>;

const secretFields = ["password", "privateKey", "privateKeyPassword"];

function goType(value: Wire): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (isObject(value)) return "map[string]interface {}";
  return { string: "string", number: "float64", boolean: "bool" }[typeof value as "string"] ?? "nil";
}

function fits(kind: Kind, value: Wire): boolean {
  if (value === UNKNOWN) return true;
  if (kind === "string") return typeof value === "string";
  if (kind === "bool") return typeof value === "boolean";
  if (kind === "float64") return typeof value === "number";
  if (kind === "int") return Number.isInteger(value);
  if (kind === "[]any") return Array.isArray(value);
  if (kind !== "map[string]string") return isObject(value);
  return isObject(value) && Object.values(value).every((inner) => typeof unwrapped(inner) === "string");
}

function checkShape(shape: Shape, given: Properties, path: string, failures: Failure[]): Properties {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const fail = (key: string, reason: string) => failures.push({ property: at(key), reason });
  const result: Properties = { ...given };
  for (const [key, value] of Object.entries(given)) {
    const kind = shape.fields[key];
    const inner = unwrapped(value);
    if (kind === undefined) {
      fail(key, `Unrecognized field '${key}' on '${shape.type}'`);
    } else if (inner === undefined || inner === null) {
      delete result[key];
    } else if (!fits(kind, inner)) {
      fail(key, `Field '${key}' on '${shape.type}' must be a '${kind}'; got '${goType(inner)}' instead`);
    } else if ((kind === "connection" || kind === "proxy") && isObject(inner)) {
      const checked = checkShape(shapes[kind], inner, at(key), failures);
      result[key] = inner === value ? checked : secret(checked);
    } else if (path !== "" && secretFields.includes(key)) {
      result[key] = secret(value);
    }
  }
  for (const [key, value] of Object.entries(shape.defaults)) result[key] ??= value;
  for (const key of shape.required) {
    if (result[key] === undefined) fail(key, `Missing required field '${key}' on '${shape.type}'`);
  }
  return result;
}

/** Checks the inputs of a `command:remote:Command` and gives them back with defaults, `connection` as a secret. */
export function checkInputs(news: Properties): { inputs: Properties; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs = checkShape(shapes.command, news, "", failures);
  if (inputs.connection !== undefined) inputs.connection = secret(inputs.connection);
  return { inputs, failures };
}
