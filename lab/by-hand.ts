// What `npm run demo` and `npm run lab` share: verbs of a command line, and a lab that stays until it is taken down.
import { quote } from "../src/host/quote.ts";
import { type Lab, type LabHost, type Login, openLab, unavailable } from "./index.ts";
import { kept } from "./records.ts";
import { foreground } from "./shell.ts";

/** What a verb does with its arguments. It may return an exit code. */
type Verb = (...args: string[]) => Promise<unknown>;

/** Runs the verb that this process was called with, `""` if it was called with none, and sets the exit code. */
export async function runVerb(help: string, verbs: Readonly<Record<string, Verb>>): Promise<void> {
  const [name = "", ...rest] = process.argv.slice(2);
  try {
    const verb = verbs[name];
    if (/^(-h|--help)$/.test(name) || (name === "" && !verb)) {
      process.stdout.write(help);
      return;
    }
    const reason = unavailable();
    if (reason) throw new Error(`This cannot run here: ${reason}`);
    if (!verb) throw new Error(`no such command: ${name}\n\n${help}`);
    const code = await verb(...rest);
    if (typeof code === "number") process.exitCode = code;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** The lab that stays under a name; an error with `advice` if there is none. */
export async function existing(keep: string, advice: string, log?: (line: string) => void): Promise<Lab> {
  if (!(await kept()).has(keep)) throw new Error(advice);
  return await openLab({ keep, log });
}

/** Logs in to a host on this terminal, or runs a command there. */
export function login(host: LabHost, user: Login, command: string[]): Promise<number> {
  const args = host.sshArguments(user).filter((arg) => arg !== "-oBatchMode=yes");
  return foreground("ssh", [...args, ...command]);
}

/** Prints variables as lines for the `eval` of a shell. */
export function printExports(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) console.log(`export ${name}=${quote(value)}`);
}
