import { engine } from "./engine/index.ts";
import { prepare } from "./index.ts";

/** Once for a test run: the machine and the engine are made ready, and the first line says which programs are used. */
export default async function setup(): Promise<void> {
  const log = (line: string) => console.log(line);
  await prepare({ log });
  console.log((await engine({ log })).describe());
}
