import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { unavailable } from "./lab/requirements.ts";

const left = unavailable();
if (left) console.log(`Left out: the lab tests, because ${left}`);

const integration = (...files: string[]) => files.map((file) => `test/integration/${file}.test.ts`);
const needLab = ["lab/**/*.test.ts", ...integration("**/*")];

/** What `npm test` tries on hosts: one file for each promise of the README. */
const promises = integration(
  ...["article", "bad-input", "cli", "cli-probe", "fleet", "installs", "poison", "releases"],
  ...["drift/look", "drift/metrics", "drift/preview", "drift/table"],
  ...["faults/hosts-fresh", "faults/proofs", "faults/relays", "faults/steps"],
  ...["inbox/waves", "kinds/inline", "kinds/yaml", "recorder/*", "walks/walks"],
);

/** What takes longest, and is started first, so that all workers end at about the same time. */
const longest = integration(
  ...["kinds/python", "kinds/go", "kinds/two-stacks", "kinds/inline", "kinds/yaml", "languages", "walks/languages"],
  ...["faults/life-cycle", "inbox/ends", "inbox/ways", "inbox/kinds"],
  ...["candidate/kills", "candidate/disk", "candidate/ways", "packages/mail-systems", "faults/steps", "drift/preview"],
  ...["drift/table", "faults/relays", "poison", "walks/walks", "installs", "faults/hosts-fresh"],
);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((file) => moduleId.endsWith(file));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Eight hosts that are looked at at once, and a large mailbox, within seconds: these two cores have to be theirs. */
const alone = integration("drift/eight", "inbox/large");

const lab = {
  globalSetup: "lab/global-setup.ts",
  testTimeout: 300_000,
  hookTimeout: 600_000,
  // The files of a worker share a lab with a relay host (test/integration/world.ts).
  isolate: false,
  unstubEnvs: true,
};

/** A project of lab tests. Where there is no lab, it has no files. */
const hosts = (name: string, include: string[], everyRow: boolean, more = {}) => ({
  test: { ...lab, name, include: left ? [] : include, provide: { everyRow }, ...more },
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/summary.ts"],
    // Hosts and engines wait for each other more than they compute.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: needLab,
          // Shells, shellcheck and npm are started beside the hosts of the lab.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Without an agent a Relay warns that it has no key.
          env: { SSH_AUTH_SOCK: "/run/agent" },
        },
      },
      hosts("lab", promises, false),
      hosts("all", needLab, true, { exclude: alone }),
      hosts("alone", alone, true, { sequence: { groupOrder: 1 } }),
    ],
  },
});
