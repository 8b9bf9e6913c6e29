// A host that only records its commands, and stands for as many as are wanted: host.sh behind a real SSH server.

import { cpSync, mkdirSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { type Sshd, startSshd } from "../../../lab/engine/sshd.ts";
import { quote } from "../../../src/host/quote.ts";

/** Commands in the order of the steps: the two that stage run at the same time, and either may come first. */
export function inOrder(lines: readonly string[]): string[] {
  const ordered = [...lines];
  for (const [at, line] of lines.entries()) {
    const later = lines[at + 1];
    if (later === line.replace("sasl-passwd", "main-cf") && later !== line) ordered.splice(at, 2, later, line);
  }
  return ordered;
}

/** Starts it. `folder` is what host.sh calls FOLDER. */
export async function startRecordingHost(): Promise<{ sshd: Sshd; folder: string }> {
  const sshd = await startSshd({
    command: (folder) => `sh ${quote(`${folder}/host.sh`)} ${quote(`${folder}/hosts`)}`,
  });
  cpSync(join(import.meta.dirname, "host.sh"), join(sshd.folder, "host.sh"));
  const folder = join(sshd.folder, "hosts");
  mkdirSync(folder);
  return { sshd, folder };
}

/** An address of this machine for each host, 127.0.1.1 and so on: all lead to the server at that port. */
export async function front(count: number, target: number): Promise<{ port: number; close(): void }> {
  const servers: Server[] = [];
  let port = 0;
  for (let number = 1; number <= count; number++) {
    const server = createServer((incoming) => {
      const outgoing = connect(target, "127.0.0.1");
      for (const [from, to] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        from.pipe(to);
        from.on("error", () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(port, `127.0.1.${number}`, resolve));
    port = (server.address() as { port: number }).port;
    servers.push(server);
  }
  return {
    port,
    close() {
      for (const server of servers) server.close();
    },
  };
}
