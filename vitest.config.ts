import { defineConfig } from "vitest/config";
import { unavailable } from "./lab/requirements.ts";

const left = unavailable();
if (left) console.log(`Left out: the lab tests, because ${left}`);

const needLab = ["lab/**/*.test.ts", "test/integration/**/*.test.ts"];

// What takes longest: random kills, copies of disks, other mail systems, every argument that cannot be proven.
const long = ["candidate", "others", "packages", "reports"].map((folder) => `test/integration/${folder}/**/*.test.ts`);

// Eight hosts that are looked at at once, within five seconds: these two cores have to be theirs.
const alone = ["test/integration/drift/eight.test.ts"];

const withLong = process.env.npm_lifecycle_event === "test:long";
if (!left && !withLong) console.log("Left out: the long lab tests, about an hour; `npm run test:long` runs them");

// Without an agent a Relay warns that it has no key.
const env = { SSH_AUTH_SOCK: "/run/agent" };

const lab = {
  globalSetup: "lab/global-setup.ts",
  testTimeout: 300_000,
  hookTimeout: 600_000,
  // Hosts and engines wait for each other more than they compute.
  maxWorkers: 3,
};

export default defineConfig({
  test: {
    reporters: ["default", "./test/summary.ts"],
    projects: [
      {
        // Shells, shellcheck and npm are started beside the hosts of the lab.
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: needLab, testTimeout: 60_000, env },
      },
      ...(left ? [] : [{ test: { ...lab, name: "lab", include: needLab, exclude: [...long, ...alone] } }]),
      ...(left || withLong ? [] : [{ test: { ...lab, name: "alone", include: alone, sequence: { groupOrder: 1 } } }]),
      ...(!left && withLong ? [{ test: { ...lab, name: "long", include: long } }] : []),
    ],
  },
});
