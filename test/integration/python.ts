import { execFileSync } from "node:child_process";

/** Why there are no programs in Python here. */
export function noPython(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 9))"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "there is no Python of 3.9 or later with venv and pip (python3-venv)";
  }
}
