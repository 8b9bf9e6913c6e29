// Programs in YAML, Python and Go: they reach the components through the plugin.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiResult } from "../../../lab/engine/pulumi.ts";
import { Example } from "../languages.ts";
import { checkOf, commandLine, type Flags, type Program, type Surroundings } from "./program.ts";
import { type How, LATE, Made, type Spec, type Syntax, THROWN, write } from "./values.ts";

const snake = (key: string) =>
  /^[a-z]+([A-Z][a-z]+)+$/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;

const python: Syntax = {
  plain: (value) => (typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value)),
  list: (entries) => `[${entries.join(", ")}]`,
  object: (entries) => `{${entries.map(([key, value]) => `${JSON.stringify(snake(key))}: ${value}`).join(", ")}}`,
  how: (how, value) =>
    ({
      secret: `pulumi.Output.secret(${value})`,
      output: `pulumi.Output.from_input(${value})`,
      promise: `later(${value})`,
      later: `pulumi.Output.from_input(later(${value}))`,
      fails: `pulumi.Output.from_input(0).apply(lambda _: fail(${value}))`,
    })[how],
};

const pythonText = ({ relays, inTurn, exports, throws }: Spec) => `import asyncio
import pulumi
from pulumi_postfix_relay import Relay

async def later(value):
    await asyncio.sleep(${LATE / 1000})
    return value

def fail(text):
    raise Exception(text)

async def fail_later():
    await asyncio.sleep(${LATE / 1000})
    fail(${JSON.stringify(THROWN)})

${Object.entries(relays)
  .map(([name, args], index) => {
    const given = Object.entries(args).map(([key, value]) => `${snake(key)}=${write(value, python)}`);
    if (inTurn && index > 0) given.push(`opts=pulumi.ResourceOptions(depends_on=[relay${index - 1}])`);
    const made = `relay${index} = Relay(${JSON.stringify(name)}, ${given.join(", ")})`;
    return exports ? `${made}\npulumi.export(${JSON.stringify(name)}, relay${index}.delivery)` : made;
  })
  .join("\n")}
${throws === "at once" ? `fail(${JSON.stringify(THROWN)})` : ""}
${throws === "later" ? "pulumi.Output.from_input(fail_later()).apply(lambda value: value)" : ""}
`;

/** JSON is YAML; what is known later is known to the plugin all the same. */
const yaml: Syntax = {
  plain: (value) => JSON.stringify(value),
  list: (entries) => `[${entries.join(", ")}]`,
  object: (entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}}`,
  how: (how, value) =>
    how === "secret" ? `{"fn::secret": ${value}}` : how === "fails" ? `{"fn::fromBase64": "?"}` : value,
};

const yamlText = ({ relays, inTurn, exports, throws }: Spec, plugin: string) =>
  [
    "name: mail",
    "runtime: yaml",
    "packages:",
    `  postfix-relay: ${JSON.stringify(plugin)}`,
    "resources:",
    ...Object.entries(relays).flatMap(([name, args], index, all) => [
      `  ${name}:`,
      "    type: postfix-relay:Relay",
      `    properties: ${write(args, yaml)}`,
      ...(inTurn && index > 0 ? [`    options: { dependsOn: ["\${${all[index - 1]?.[0]}}"] }`] : []),
    ]),
    ...(throws ? ["variables:", `  wrong: { "fn::fromBase64": "?" }`] : []),
    ...(exports || throws ? ["outputs:"] : []),
    ...(exports ? Object.keys(relays).map((name) => `  ${name}: \${${name}.delivery}`) : []),
    ...(throws ? [["  wrong: $", "{wrong}"].join("")] : []),
    "",
  ].join("\n");

interface Type {
  $ref?: string;
  type?: string;
  items?: Type;
  additionalProperties?: Type;
}

const schema: {
  types: Record<string, { type: string; properties?: Record<string, Type>; enum?: object[] }>;
  resources: Record<string, { inputProperties: Record<string, Type> }>;
} = JSON.parse(readFileSync(join(import.meta.dirname, "../../../src/plugin/schema.json"), "utf8"));

const basic: Record<string, string> = { string: "String", boolean: "Bool", integer: "Int", number: "Float64" };

/** The name of a type in Go without its ending, such as `pulumi.String` or `postfixrelay.Account`. */
function goName({ $ref, type = "", items, additionalProperties }: Type): string {
  if (items) return `${goName(items)}Array`;
  if (additionalProperties) return `${goName(additionalProperties)}Map`;
  return $ref ? `postfixrelay.${$ref.split(":").at(-1)}` : `pulumi.${basic[type]}`;
}

const isObject = ({ $ref }: Type) => $ref !== undefined && schema.types[goToken($ref)]?.properties !== undefined;
const goToken = ($ref: string) => $ref.replace("#/types/", "");

/** The text of a value in Go, where each has a type. */
function goText(value: unknown, type: Type): string {
  if (value instanceof Made) return goHow(value.how, goText(value.value, type), type);
  const name = goName(type);
  const entries = Object.entries((value ?? {}) as object);
  if (type.items) return `${name}{${(value as unknown[]).map((one) => goText(one, type.items as Type)).join(", ")}}`;
  if (type.additionalProperties) {
    const inner = type.additionalProperties;
    return `${name}{${entries.map(([key, one]) => `${JSON.stringify(key)}: ${goText(one, inner)}`).join(", ")}}`;
  }
  if (!isObject(type)) return `${name}(${JSON.stringify(value)})`;
  return `${name}Args{${goFields(entries, schema.types[goToken(type.$ref as string)]?.properties ?? {})}}`;
}

const goFields = (entries: [string, unknown][], types: Record<string, Type>) =>
  entries
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key[0]?.toUpperCase()}${key.slice(1)}: ${goText(value, types[key] ?? {})}`)
    .join(", ");

function goHow(how: How, value: string, type: Type): string {
  const name = goName(type);
  const output = `${value}.To${name.split(".")[1]}Output()`;
  if (how === "secret") return `pulumi.ToSecret(${output}).(${name}Output)`;
  if (how === "output") return output;
  // Text alone is ever late.
  const late =
    how === "fails" ? 'return "", errors.New(value)' : `time.Sleep(${LATE} * time.Millisecond); return value, nil`;
  return `${output}.ApplyT(func(value string) (string, error) { ${late} }).(${name}Output)`;
}

const goProgram = ({ relays, inTurn, exports, throws }: Spec) => `package main

import (
	"errors"
	"time"

	"github.com/postfix-relay/postfix-relay/sdk/go/postfixrelay"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

var _ = errors.New
var _ = time.Sleep

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
${Object.entries(relays)
  .map(([name, args], index) => {
    const types = schema.resources["postfix-relay:index:Relay"]?.inputProperties ?? {};
    const relay = `relay${index}`;
    const options = inTurn && index > 0 ? `, pulumi.DependsOn([]pulumi.Resource{relay${index - 1}})` : "";
    const given = `&postfixrelay.RelayArgs{${goFields(Object.entries(args), types)}}`;
    return `		${relay}, err${index} := postfixrelay.NewRelay(ctx, ${JSON.stringify(name)}, ${given}${options})
		if err${index} != nil {
			return err${index}
		}
		${exports ? `ctx.Export(${JSON.stringify(name)}, ${relay}.Delivery)` : `_ = ${relay}`}`;
  })
  .join("\n")}
${throws ? `		${throws === "later" ? `time.Sleep(${LATE} * time.Millisecond)\n		` : ""}return errors.New(${JSON.stringify(THROWN)})` : "		return nil"}
	})
}
`;

/** The file of a program, and its text. */
const sources: Record<string, { file: string; text: (spec: Spec, plugin: string) => string }> = {
  yaml: { file: "Pulumi.yaml", text: yamlText },
  python: { file: "__main__.py", text: pythonText },
  go: { file: "main.go", text: goProgram },
};

class LanguageProgram implements Program {
  readonly state: string;
  readonly #example: Example;
  readonly #language: string;

  constructor(example: Example, language: string) {
    this.#example = example;
    this.#language = language;
    this.state = join(example.folder, "state");
  }

  write(spec: Spec): void {
    const { file, text } = sources[this.#language] as (typeof sources)[string];
    this.#example.write(file, text(spec, join(this.#example.folder, "plugin")));
  }

  preview(flags: Flags = {}): Promise<PulumiResult> {
    return this.#example.pulumi("preview", "--stack", "dev", ...commandLine(flags, "preview"));
  }

  up(flags: Flags = {}): Promise<PulumiResult> {
    return this.#example.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", ...commandLine(flags, "up"));
  }

  destroy(): Promise<PulumiResult> {
    return this.#example.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev");
  }

  export(): Promise<PulumiResult> {
    return this.#example.pulumi("stack", "export", "--stack", "dev");
  }

  async check(): Promise<PulumiResult[]> {
    return [await this.#example.run(process.execPath, checkOf("dev"))];
  }

  remove(): void {
    this.#example.remove();
  }
}

/** A program in YAML, Python or Go. */
export async function inLanguage(
  language: "yaml" | "python" | "go",
  { agent = "", env }: Surroundings = {},
): Promise<Program> {
  const example = await Example.open(language, agent, env);
  await example.install();
  await example.must("pulumi", ["stack", "init", "dev"]);
  return new LanguageProgram(example, language);
}
