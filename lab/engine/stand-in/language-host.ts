// A stand-in for `pulumi-language-nodejs`, the program that runs a Node.js Pulumi program for the engine. It is used
// only where the official one (it comes with the official Pulumi CLI) cannot be downloaded.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { installDependencies } from "./install.ts";
import { dependencies, requiredPackages } from "./node-packages.ts";
import { engineAddress, serve, unary, whenEngineGone } from "./plugin.ts";
import { runPlugin } from "./run-plugin.ts";

// Exit code of @pulumi/pulumi/cmd/run when it has already reported the error.
const ALREADY_REPORTED = 32;

const running = new Set<ChildProcess>();
const stopAll = () => {
  for (const child of running) child.kill("SIGKILL");
};
const leave = () => {
  stopAll();
  process.exit(0);
};
whenEngineGone(leave);
// The engine ends its plugins with SIGINT to their process group.
process.on("SIGINT", leave);
process.on("SIGTERM", leave);

/** The `cmd/run` of the SDK that the program itself would import. */
function starter(programDirectory: string): string {
  const directory = statSync(programDirectory).isDirectory() ? programDirectory : join(programDirectory, "..");
  try {
    return createRequire(join(directory, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(
      "It looks like the Pulumi SDK has not been installed. Have you run `npm install`? " +
        `(@pulumi/pulumi was looked for from ${directory})`,
    );
  }
}

function startArguments(request: InstanceType<typeof language.RunRequest>): string[] {
  const info = request.getInfo();
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    "root-directory": info?.getRootDirectory() ?? "",
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(flags).filter(([, value]) => value !== "");
  return [
    ...given.flatMap(([flag, value]) => [`--${flag}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

function run(
  request: InstanceType<typeof language.RunRequest>,
  call: grpc.ServerUnaryCall<unknown, unknown>,
): Promise<InstanceType<typeof language.RunResponse>> {
  const runtimeOptions = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = String(runtimeOptions.nodeargs ?? "")
    .split(/\s+/)
    .filter(Boolean);
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  if (!existsSync(directory)) throw new Error(`the program's folder ${directory} does not exist`);
  // Output goes straight to the engine, which shows each line as it comes. Node's own `spawn`, since each `up` waits
  // for this program to load.
  const child = spawn(process.execPath, [...nodeArguments, starter(directory), ...startArguments(request)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      // That of the lab is for the stand-ins; a program has one of its own, or none.
      NODE_COMPILE_CACHE: undefined,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(runtimeOptions.typescript !== false),
    },
  });
  running.add(child);
  call.on("cancelled", () => child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`Problem executing program: ${error.message}`)));
    child.on("close", (code, signal) => {
      running.delete(child);
      const response = new language.RunResponse();
      if (code === ALREADY_REPORTED) response.setBail(true);
      else if (code === null) response.setError(`Program exited unexpectedly: signal ${signal}`);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
      resolve(response);
    });
  });
}

type PackagesRequest = InstanceType<typeof language.GetRequiredPackagesRequest>;
type DependenciesRequest = InstanceType<typeof language.GetProgramDependenciesRequest>;

serve(
  languageGrpc.LanguageRuntimeService as unknown as grpc.ServiceDefinition,
  {
    handshake: unary(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new pluginPb.PluginInfo()),
    run: unary(run),
    installDependencies,
    runPlugin: (call: Parameters<typeof runPlugin>[0]) => runPlugin(call, running),
    cancel: unary(() => {
      stopAll();
      return new empty.Empty();
    }),
    getRequiredPackages: unary((request: PackagesRequest) => {
      const found = requiredPackages(request.getInfo()?.getProgramDirectory() ?? "").map((item) => {
        const dependency = new pluginPb.PackageDependency();
        dependency.setName(item.name);
        dependency.setKind("resource");
        dependency.setVersion(item.version);
        dependency.setServer(item.server);
        return dependency;
      });
      return new language.GetRequiredPackagesResponse().setPackagesList(found);
    }),
    getProgramDependencies: unary((request: DependenciesRequest) => {
      const found = dependencies(request.getInfo()?.getProgramDirectory() ?? "").map((item) => {
        const dependency = new language.DependencyInfo();
        dependency.setName(item.name);
        dependency.setVersion(item.version);
        return dependency;
      });
      return new language.GetProgramDependenciesResponse().setDependenciesList(found);
    }),
    about: unary(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
  } as grpc.UntypedServiceImplementation,
);
