import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaText } from "../docs/schema.ts";
import { openAgent } from "../lab/agent.ts";
import { Example } from "./languages.ts";
import { trusting } from "./trusting.ts";
import { openWorld } from "./world.ts";

const { world, relay } = await openWorld();
const agent = await openAgent(world.lab);
const examples: Example[] = [];
afterAll(() => {
  for (const example of examples) example.remove();
});

async function open(name: string): Promise<Example> {
  const example = await Example.open(name, agent);
  examples.push(example);
  return example;
}

/** Without what is empty, which the engine adds or leaves out. */
const filled = (text: string) =>
  JSON.parse(text, (_, value) =>
    typeof value === "object" && value !== null && Object.keys(value).length === 0 ? undefined : value,
  );

/** Sets up what an example needs beside its files. */
const ready: Record<string, (example: Example) => Promise<unknown>> = {
  yaml: (example) => example.must("npm", ["install", "--prefix", "../plugin", "--no-audit", "--no-fund", "--silent"]),
};

// The placeholders are those of Pulumi's YAML.
const domain = ["      domain: $", "{domain}\n"].join("");
const changes: Record<string, { file: string; before: string; setting: string; wrong: string }> = {
  yaml: {
    file: "project/Pulumi.yaml",
    before: domain,
    setting: `${domain}      ownDomainMail: local\n`,
    wrong: "      domain: not a domain\n",
  },
};

describe.each(Object.keys(ready))("in %s", (language) => {
  let example: Example;

  beforeAll(async () => {
    const host = await world.lab.host({ release: "bookworm", name: language, packages: ["ca-certificates"] });
    await trusting(host, world.lab.ca);
    example = await open(language);
    await ready[language]?.(example);
    await example.stack(
      {
        host: host.address,
        hostKey: host.hostKey,
        domain: "example.com",
        relayHost: relay.host,
        username: "relayuser",
        to: "ops@example.org",
      },
      "relaypass",
    );
  });

  test("the plugin has the schema that is committed", async () => {
    const result = await example.must("pulumi", ["package", "get-schema", join(example.folder, "plugin")]);
    expect(filled(result)).toEqual(filled(schemaText()));
  });

  test("preview, up, no change, another setting, a wrong value, wrong secrets, destroy", async () => {
    const { file, before, setting, wrong } = changes[language] as (typeof changes)[string];
    const preview = await example.pulumi("preview");
    expect(preview.text).toContain("web-1-delivery");
    expect(preview.code).toBe(0);

    const up = await example.pulumi("up", "--yes", "--skip-preview");
    expect(up.text).toMatch(/answer\s*: "250 /);
    expect(up.code).toBe(0);
    expect((await example.pulumi("preview", "--expect-no-changes")).code).toBe(0);

    example.replace(file, before, setting);
    const changed = await example.pulumi("up", "--yes", "--skip-preview");
    expect(changed.text).toMatch(/web-1-main-cf updated/);
    expect(changed.code).toBe(0);

    example.replace(file, setting, wrong);
    const refused = await example.pulumi("preview");
    expect(refused.code).not.toBe(0);
    expect(refused.text).toContain("Relay web-1:");
    expect(refused.text).toMatch(/domain: got "not a domain"/);
    expect(refused.text).not.toMatch(/relaypass|\n\s+at /);
    example.replace(file, wrong, setting);

    // Secrets in plain text, which only the component knows to be secrets: a key that is none, a password of two lines.
    const host = "      connection:\n";
    const poison = `${host}        privateKey: poison-Kx7Qm2\n`;
    const password = ["        password: $", "{password}\n"].join("");
    example.replace(file, host, poison);
    example.replace(file, password, '        password: "poison-Lb9Rv3\\nx"\n');
    for (const verb of [
      ["preview", "--diff"],
      ["up", "--yes", "--skip-preview"],
    ]) {
      const poisoned = await example.pulumi(...verb);
      expect(poisoned.code).not.toBe(0);
      for (const path of ["connection.privateKey: ", "credentials.password: "]) expect(poisoned.text).toContain(path);
      expect(poisoned.text).not.toContain("poison");
    }
    example.replace(file, poison, host);
    example.replace(file, '        password: "poison-Lb9Rv3\\nx"\n', password);

    const destroyed = await example.pulumi("destroy", "--yes", "--skip-preview");
    expect(destroyed.text).toMatch(/web-1-packages deleted/);
    expect(destroyed.code).toBe(0);
  });
});
