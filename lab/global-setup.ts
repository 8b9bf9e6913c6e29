import { engine } from "./engine/index.ts";
import { ownVersions } from "./engine/versions.ts";
import { prepare } from "./index.ts";

/** Once for a test run: the machine and the engine are made ready, and the first lines say which programs are used. */
export default async function setup(): Promise<void> {
  const log = (line: string) => console.log(line);
  await prepare({ log });
  const programs = await engine({ log });
  console.log(programs.describe());
  console.log(await ownVersions(programs));
}
