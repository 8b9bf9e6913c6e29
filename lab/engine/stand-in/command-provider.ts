// A stand-in for `pulumi-resource-command` 1.2.1, the plugin behind the npm package @pulumi/command. It is used only
// where the official one cannot be downloaded. It knows `command:remote:Command` alone, and differs from the real one
// in this: output lines over 64 KiB do not hang it.
import { randomBytes } from "node:crypto";
import type * as grpc from "@grpc/grpc-js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { checkInputs } from "./check.ts";
import type { Endpoint } from "./connection.ts";
import type { Change } from "./diff.ts";
import { differences } from "./diff.ts";
import { engineClient, serve, unary, whenEngineGone } from "./plugin.ts";
import type { Output } from "./run.ts";
import type { Properties } from "./wire.ts";
import { plain, UNKNOWN } from "./wire.ts";

type Struct = InstanceType<typeof struct.Struct>;

const VERSION = "1.2.1";
const TYPE = "command:remote:Command";
const severities = { info: 1, warning: 2, error: 3 } as const;
const kinds: Record<Change, number> = { add: 0, delete: 2, update: 4 };

let cancelled = false;
whenEngineGone(() => process.exit(0));
process.on("SIGINT", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));

const read = (value: Struct | undefined): Properties => (value?.toJavaScript() ?? {}) as Properties;
const write = (value: Properties): Struct => struct.Struct.fromJavaScript(value as never);

function known(urn: string): void {
  const type = urn.split("::")[2]?.split("$").at(-1);
  if (type === TYPE) return;
  throw new Error(`the lab's stand-in for the command provider knows ${TYPE} only, not ${type}`);
}

/** Runs one of a resource's commands; `previous` is what the last one wrote. */
async function execute(
  urn: string,
  command: string,
  props: Properties,
  previous: Output,
  timeout = 0,
): Promise<Output> {
  const values = plain(props) as Properties;
  const logging = values.logging ?? "stdoutAndStderr";
  const deadline = timeout > 0 ? Date.now() + timeout * 1000 : Number.POSITIVE_INFINITY;
  const sent: Promise<void>[] = [];
  const log = (severity: keyof typeof severities, message: string, ephemeral: boolean) => {
    const request = new enginePb.LogRequest();
    request.setSeverity(severities[severity] as never);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    sent.push(new Promise((resolve) => engineClient.log(request, () => resolve())));
  };
  try {
    // Loaded with the first command: an `up` without changes needs no SSH, and should not wait for it to load.
    const { run } = await import("./run.ts");
    return await run({
      connection: values.connection as unknown as Endpoint,
      command,
      stdin: (values.stdin as string | undefined) ?? "",
      environment: (values.environment as Record<string, string> | undefined) ?? {},
      previousOutput:
        values.addPreviousOutputInEnv === false
          ? {}
          : { PULUMI_COMMAND_STDOUT: previous.stdout, PULUMI_COMMAND_STDERR: previous.stderr },
      logStdout: logging === "stdoutAndStderr" || logging === "stdout",
      logStderr: logging === "stdoutAndStderr" || logging === "stderr",
      log: (severity, message) => log(severity, message, severity === "info"),
      status: (message) => log("info", message, true),
      stopped: () => {
        if (cancelled) return new Error("context canceled");
        return Date.now() > deadline ? new Error("context deadline exceeded") : undefined;
      },
    });
  } finally {
    await Promise.all(sent);
  }
}

const nothing: Output = { stdout: "", stderr: "" };
const unknown: Output = { stdout: UNKNOWN, stderr: UNKNOWN };

function written(state: Properties): Output {
  const { stdout = "", stderr = "" } = plain(state) as Properties;
  return { stdout: String(stdout), stderr: String(stderr) };
}

async function create(request: InstanceType<typeof provider.CreateRequest>) {
  known(request.getUrn());
  const inputs = read(request.getProperties());
  const command = plain(inputs.create ?? null) as string | null;
  let output = request.getPreview() ? unknown : nothing;
  if (!request.getPreview() && command !== null) {
    output = await execute(request.getUrn(), command, inputs, nothing, request.getTimeout());
  }
  const response = new provider.CreateResponse();
  const name = request.getUrn().split("::").slice(3).join("::");
  response.setId(request.getPreview() ? "" : `${name}${randomBytes(4).toString("hex")}`);
  return response.setProperties(write({ ...inputs, ...output }));
}

async function update(request: InstanceType<typeof provider.UpdateRequest>) {
  known(request.getUrn());
  const inputs = read(request.getNews());
  const previous = written(read(request.getOlds()));
  const command = plain(inputs.update ?? inputs.create ?? null) as string | null;
  let output = request.getPreview() ? unknown : previous;
  if (!request.getPreview() && command !== null) {
    output = await execute(request.getUrn(), command, inputs, previous, request.getTimeout());
  }
  return new provider.UpdateResponse().setProperties(write({ ...inputs, ...output }));
}

async function remove(request: InstanceType<typeof provider.DeleteRequest>) {
  known(request.getUrn());
  const state = read(request.getProperties());
  const command = plain(state.delete ?? null) as string | null;
  if (command !== null) await execute(request.getUrn(), command, state, written(state), request.getTimeout());
  return new empty.Empty();
}

function diff(request: InstanceType<typeof provider.DiffRequest>) {
  known(request.getUrn());
  const changes = differences(read(request.getOldInputs()), read(request.getNews()));
  const response = new provider.DiffResponse();
  for (const [path, change] of changes) {
    // Only `triggers` replaces: by the provider when it appears or disappears as a whole, else by the SDK.
    const replaces = path === "triggers";
    const entry = new provider.PropertyDiff();
    entry.setKind((kinds[change] + (replaces ? 1 : 0)) as never);
    entry.setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
    if (replaces) response.addReplaces(path);
  }
  response.setDiffsList([...new Set(Array.from(changes.keys(), (path) => path.split(/[.[]/)[0] as string))]);
  response.setHasdetaileddiff(true);
  return response.setChanges((changes.size > 0 ? 2 : 1) as never);
}

function check(request: InstanceType<typeof provider.CheckRequest>) {
  known(request.getUrn());
  const { inputs, failures } = checkInputs(read(request.getNews()));
  const list = failures.map((failure) => {
    const entry = new provider.CheckFailure();
    entry.setProperty(failure.property);
    return entry.setReason(failure.reason);
  });
  return new provider.CheckResponse().setInputs(write(inputs)).setFailuresList(list);
}

const schema = { name: "command", version: VERSION, description: "Stand-in of the postfix-relay lab." };

serve(
  providerGrpc.ResourceProviderService as unknown as grpc.ServiceDefinition,
  {
    handshake: unary(() => new provider.ProviderHandshakeResponse().setAcceptSecrets(true)),
    getPluginInfo: unary(() => new pluginPb.PluginInfo().setVersion(VERSION)),
    getSchema: unary(() => new provider.GetSchemaResponse().setSchema(JSON.stringify(schema))),
    checkConfig: unary((request: InstanceType<typeof provider.CheckRequest>) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() => new provider.DiffResponse().setChanges(1 as never)),
    configure: unary(() => new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    update: unary(update),
    delete: unary(remove),
    read: unary((request: InstanceType<typeof provider.ReadRequest>) =>
      new provider.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),
    cancel: unary(() => {
      cancelled = true;
      return new empty.Empty();
    }),
  } as grpc.UntypedServiceImplementation,
);
