import { defineConfig } from "vitest/config";
import { unavailable } from "./test/lab/requirements.ts";

const left = unavailable();
if (left) console.log(`Left out: the lab tests, because ${left}`);

const needLab = ["test/lab/**/*.test.ts", "test/integration/**/*.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./test/summary.ts"],
    projects: [
      { test: { name: "unit", include: ["test/**/*.test.ts"], exclude: needLab } },
      ...(left
        ? []
        : [
            {
              test: {
                name: "lab",
                include: needLab,
                globalSetup: "test/lab/global-setup.ts",
                testTimeout: 300_000,
                hookTimeout: 600_000,
                // Hosts and engines wait for each other more than they compute.
                maxWorkers: 3,
              },
            },
          ]),
    ],
  },
});
