import type { LabHost } from "../../../lab/index.ts";
import { run } from "../../../lab/shell.ts";
import { processesOf } from "../faults/breakpoint.ts";

/** Files of a running host that hold one of these texts, in memory too (/run, /tmp, /dev/shm), as seen from outside. */
export async function holders(host: LabHost, ...texts: string[]): Promise<string[]> {
  // Through a process of the host: what it has mounted for itself cannot be seen in any other way.
  const init = processesOf(host).find(({ name, cmdline }) => name === "systemd" && !cmdline.includes("--user"));
  if (!init) throw new Error(`${host.name} has no first process`);
  const root = `/proc/${init.pid}/root/`;
  const options = ["--recursive", "--files-with-matches", "--text", "--fixed-strings", "--no-messages", "--file=-"];
  // Folders of these names, wherever they are: grep looks at the last part of a path alone.
  const but = ["--devices=skip", "--exclude-dir=proc", "--exclude-dir=sys"];
  // The texts on stdin, since a search must not be what it looks for.
  const { stdout } = await run("grep", [...options, ...but, root], { input: `${texts.join("\n")}\n`, timeout: 120 });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((path) => path.slice(root.length - 1))
    .sort();
}
