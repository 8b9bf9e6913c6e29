// The versions that the engine's programs report, whoever built them.
import { once } from "node:events";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { execa } from "execa";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { common, must } from "../shell.ts";
import type { Engine } from "./index.ts";

/** One line with the versions that CLI, language host and command provider report. */
export async function ownVersions({ bin, provider, env }: Engine): Promise<string> {
  const host = join(dirname(bin), "pulumi-language-nodejs");
  const versions = {
    "pulumi version": (await must(bin, ["version"], { env })).trim(),
    "pulumi-language-nodejs": await pluginVersion(host, env, languageGrpc.LanguageRuntimeClient),
    "pulumi-resource-command": await pluginVersion(provider, env, providerGrpc.ResourceProviderClient),
  };
  return `own versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version || "(reports none)"}`)
    .join(", ")}`;
}

type PluginClient = new (
  address: string,
  credentials: grpc.ChannelCredentials,
) => {
  getPluginInfo(
    request: InstanceType<typeof empty.Empty>,
    callback: (error: Error | null, info: InstanceType<typeof pluginPb.PluginInfo>) => void,
  ): unknown;
};

/** Starts a plugin as the engine does, and asks for its version. The engine address it gets is unused. */
async function pluginVersion(file: string, env: Record<string, string>, Client: PluginClient): Promise<string> {
  const plugin = execa(file, ["127.0.0.1:9"], { ...common(env), buffer: false });
  try {
    const port = await Promise.race([once(plugin.stdout, "data"), plugin.then(() => undefined)]);
    if (!port) throw new Error(`${file} ended before it printed its port`);
    const client = new Client(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
    const info = await promisify(client.getPluginInfo.bind(client))(new empty.Empty());
    return info.getVersion();
  } finally {
    plugin.kill();
    await plugin;
  }
}
