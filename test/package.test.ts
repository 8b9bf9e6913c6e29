import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Programs of their own start here, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

// The package as `npm pack` makes it, in a project that is not this one.
const checkout = join(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "postfix-relay-package-"));

beforeAll(() => {
  const home = join(project, "node_modules/postfix-relay");
  mkdirSync(home, { recursive: true });
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", project], {
      cwd: checkout,
      encoding: "utf8",
    }),
  );
  execFileSync("tar", ["-xzf", join(project, filename), "-C", home, "--strip-components=1"]);
  for (const name of ["@pulumi", "@types", "zod", "typescript"]) {
    symlinkSync(join(checkout, "node_modules", name), join(project, "node_modules", name));
  }
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" });
const names = "Relay,RelayFleet,TlsLevel";
const use = `console.log([Relay.name, RelayFleet.name, TlsLevel && "TlsLevel"].join())`;

test("a program in CommonJS can require it", () => {
  writeFileSync(join(project, "a.cjs"), `const { Relay, RelayFleet, TlsLevel } = require("postfix-relay"); ${use}`);
  expect(run("a.cjs").trim()).toBe(names);
});

test("a program in ES modules can import it", () => {
  writeFileSync(join(project, "a.mjs"), `import { Relay, RelayFleet, TlsLevel } from "postfix-relay"; ${use}`);
  expect(run("a.mjs").trim()).toBe(names);
});

test("the tool for the host comes with it", () => {
  writeFileSync(
    join(project, "b.mjs"),
    `import { installer } from ${JSON.stringify(join(project, "node_modules/postfix-relay/dist/host/tool.js"))};
     process.stdout.write(installer("a/b/c"))`,
  );
  const tool = execFileSync("sh", {
    input: run("b.mjs").replace(/main "\$@"\n$/, `printf %s "$tool" | base64 -d | gzip -dc`),
  });
  expect(tool.toString()).toMatch(/^#!\/bin\/sh\nset -u\n/);
});

test.each([
  ["commonjs", "node10"],
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])("its types are found by a program with module %s", (module, moduleResolution) => {
  writeFileSync(
    join(project, "c.ts"),
    `import { Relay } from "postfix-relay";
     // @ts-expect-error an argument that is unknown
     export const wrong = new Relay("x", { relayhost: "y" });
     export const host: Relay["hostname"] = wrong.hostname;`,
  );
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const options = {
    module,
    moduleResolution,
    ignoreDeprecations: "6.0",
    target: "es2023",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, types: ["node"] }, files: ["c.ts"] }),
  );
  expect(run(join(checkout, "node_modules/typescript/bin/tsc"), "-p", ".")).toBe("");
});
