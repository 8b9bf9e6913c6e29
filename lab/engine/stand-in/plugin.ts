// Part of the lab's stand-ins (see language-host.ts and command-provider.ts): what the engine expects of any plugin.
// Unused where the official programs are installed.
import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";

// 400 MB, as in Pulumi's own programs: a `stdin` is sent in one message.
const options = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/** The address of the engine that started this program: always the last argument. */
export const engineAddress = process.argv.at(-1) ?? "";

/** The connection to the engine: for log lines, and to see that it is still alive. */
export const engineClient = new engineGrpc.EngineClient(engineAddress, grpc.credentials.createInsecure(), options);

/** Wraps an async function as the handler of one call. Its errors are the engine's error messages, unchanged. */
export function unary<Request, Response>(
  handler: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request, call))
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
}

/** Serves on a free loopback port, and prints it as the first line of stdout for the engine. */
export function serve(service: grpc.ServiceDefinition, handlers: grpc.UntypedServiceImplementation): void {
  const server = new grpc.Server(options);
  server.addService(service, handlers);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

/**
 * Calls `gone` when the engine has died. Like Pulumi's own plugins (`Healthcheck` in sdk/go/common/util/rpcutil) it
 * checks every five minutes: until then a plugin outlives an engine that was killed alone.
 */
export function whenEngineGone(gone: () => void): void {
  setInterval(() => engineClient.waitForReady(Date.now() + 10_000, (error) => error && gone()), 5 * 60_000);
}
