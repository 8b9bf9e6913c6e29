// Part of the stand-in for `pulumi-language-nodejs` (language-host.ts): installs what a program or a plugin depends on.
// Not used where the official language host is there.
import { spawn } from "node:child_process";
import type * as grpc from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";

type Request = InstanceType<typeof language.InstallDependenciesRequest>;
type Response = InstanceType<typeof language.InstallDependenciesResponse>;

/** Runs `npm install` in the program's folder, and passes on what it prints. */
export function installDependencies(call: grpc.ServerWritableStream<Request, Response>): void {
  const cwd = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const child = spawn("npm", ["install", "--loglevel", "error", "--no-audit", "--no-fund"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const fail = (text: string) => call.emit("error", new Error(`npm install failed: ${text}`));
  child.stdout.on("data", (chunk) => call.write(new language.InstallDependenciesResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk) => call.write(new language.InstallDependenciesResponse().setStderr(chunk)));
  child.on("error", (error) => fail(error.message));
  child.on("close", (code) => (code === 0 ? call.end() : fail(`exit code ${code}`)));
}
