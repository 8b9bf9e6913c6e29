// Part of the stand-in for `pulumi-language-nodejs` (language-host.ts): runs a plugin that is written in Node.js, such
// as the components for other languages. Not used where the official language host is there.
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";

type Request = InstanceType<typeof language.RunPluginRequest>;
type Response = InstanceType<typeof language.RunPluginResponse>;

/** Runs the plugin until it ends, and passes on what it prints: the first line is the port where it listens. */
export function runPlugin(call: grpc.ServerWritableStream<Request, Response>, running: Set<ChildProcess>): void {
  const directory = call.request.getInfo()?.getProgramDirectory() ?? "";
  const given = call.request.getEnvList().map((entry) => entry.split(/=(.*)/s, 2));
  const starter = createRequire(join(directory, "plugin.js")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [starter, directory, ...call.request.getArgsList()], {
    cwd: call.request.getPwd() || directory,
    env: { ...process.env, ...Object.fromEntries(given) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.stdout.on("data", (chunk) => call.write(new language.RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk) => call.write(new language.RunPluginResponse().setStderr(chunk)));
  call.on("cancelled", () => child.kill("SIGKILL"));
  child.on("error", (error) => call.emit("error", error));
  child.on("close", (code) => {
    running.delete(child);
    call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
}
