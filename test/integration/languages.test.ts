// Language x (preview, up, no change, another setting, a wrong value, destroy), and a fleet: the examples in YAML,
// Python and Go as they are, on lab hosts. What is left of the matrix, TypeScript, is all other tests.

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAgent } from "../../lab/agent.ts";
import type { LabHost } from "../../lab/index.ts";
import { schemaText } from "../docs/schema.ts";
import { Example } from "./languages.ts";
import { noPython } from "./python.ts";
import { trusting } from "./trusting.ts";
import { openWorld } from "./world.ts";

/** How a program takes another setting or a wrong value: a text in one of its files, and what replaces it. */
interface Change {
  file: string;
  before: string;
  setting: string;
  wrong: string;
}

// The placeholder is that of Pulumi's YAML.
const domain = ["      domain: $", "{domain}\n"].join("");
const changes: Record<string, Change> = {
  yaml: {
    file: "Pulumi.yaml",
    before: domain,
    setting: `${domain}      ownDomainMail: local\n`,
    wrong: "      domain: not a domain\n",
  },
  python: {
    file: "__main__.py",
    before: '    domain=config.require("domain"),\n',
    setting: '    domain=config.require("domain"),\n    own_domain_mail="local",\n',
    wrong: '    domain="not a domain",\n',
  },
  go: {
    file: "main.go",
    before: 'Domain:    pulumi.String(conf.Require("domain")),\n',
    setting: 'Domain:    pulumi.String(conf.Require("domain")),\nOwnDomainMail: postfixrelay.OwnDomainMailLocal,\n',
    wrong: 'Domain:    pulumi.String("not a domain"),\n',
  },
};

const without: Record<string, string | undefined> = { python: noPython() };
for (const [language, reason] of Object.entries(without))
  if (reason) console.log(`Left out: programs in ${language}, because ${reason}`);

const { world, relay, ...booted } = await openWorld({
  "web-1": { packages: ["ca-certificates"] },
  "web-2": { packages: ["ca-certificates"] },
});
const hosts = Object.values(booted);
const agent = await openAgent(world.lab);
const examples: Example[] = [];

beforeAll(() => Promise.all(hosts.map((host) => trusting(host, world.lab.ca))));
afterAll(() => {
  for (const example of examples) example.remove();
});

/** Without what is empty, which the engine adds or leaves out. */
const filled = (text: string) =>
  JSON.parse(text, (_, value) =>
    typeof value === "object" && value !== null && Object.keys(value).length === 0 ? undefined : value,
  );

describe.each(Object.keys(changes).filter((language) => !without[language]))("in %s", (language) => {
  const { file, before, setting, wrong } = changes[language] as Change;
  let example: Example;

  beforeAll(async () => {
    example = await Example.open(language, agent);
    examples.push(example);
    await example.install();
    const [first, second] = hosts as [LabHost, LabHost];
    await example.stack(
      {
        host: first.address,
        hostKey: first.hostKey,
        host2: second.address,
        hostKey2: second.hostKey,
        user: "root",
        domain: "example.com",
        sender: "ops@example.com",
        relayHost: relay.host,
        username: "relayuser",
        to: "ops@example.org",
      },
      "relaypass",
    );
  });

  test.runIf(language === "yaml")("the plugin has the schema that is committed", async () => {
    const schema = await example.must("pulumi", ["package", "get-schema", join(example.folder, "plugin")]);
    expect(filled(schema)).toEqual(filled(schemaText()));
  });

  test("preview", async () => {
    const { text, code } = await example.pulumi("preview");
    expect(text).toContain("web-1-delivery");
    expect(code).toBe(0);
  });

  test("up", async () => {
    const { text, code } = await example.pulumi("up", "--yes", "--skip-preview");
    expect(text).toMatch(/answer\s*: "250 /);
    expect(text).not.toContain("relaypass");
    expect(code).toBe(0);
  });

  test("no change", async () => {
    expect(await example.pulumi("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("another setting", async () => {
    example.replace(file, before, setting);
    const { text, code } = await example.pulumi("up", "--yes", "--skip-preview");
    expect(text).toMatch(/web-1-main-cf updated/);
    expect(code).toBe(0);
  });

  test("a wrong value", async () => {
    example.replace(file, setting, wrong);
    const { text, code } = await example.pulumi("preview");
    example.replace(file, wrong, setting);
    expect(code).not.toBe(0);
    expect(text).toContain("Relay web-1:");
    expect(text).toMatch(/domain: got "not a domain"/);
    expect(text).not.toMatch(/relaypass|\n\s+at /);
  });

  test.runIf(language === "yaml")(
    "wrong secrets in plain text, which only the component knows to be secrets",
    async () => {
      // A key that is none, and a password of two lines.
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
    },
  );

  test("destroy", async () => {
    const { text, code } = await example.pulumi("destroy", "--yes", "--skip-preview");
    expect(text).toMatch(/web-1-packages deleted/);
    expect(code).toBe(0);
  });

  test("a fleet of two hosts, in waves, and no change", async () => {
    copyFileSync(join(import.meta.dirname, "fleets", file), join(example.folder, "project", file));
    example.settle(file);
    const up = await example.pulumi("up", "--yes", "--skip-preview");
    expect(up.text.match(/answer\s*: "250 /g)).toHaveLength(2);
    expect(up.code).toBe(0);
    expect(up.text.indexOf("web-2-packages created")).toBeGreaterThan(up.text.indexOf("web-1-delivery created"));
    expect(await example.pulumi("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await example.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  });
});
