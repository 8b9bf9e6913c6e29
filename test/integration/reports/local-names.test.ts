import { beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { openScene, postfix } from "../others/scene.ts";
import { whereTo } from "./where.ts";

// Programs write to root by many names of the host: cron to `root`, others to what `hostname` or gethostname() says.
// All of them stay local and reach the alias; names that are not this host's leave.
const scene = await openScene();

const alias = "ops@example.org";

async function setUp(name: string, { hosts = "", more = {} } = {}): Promise<LabHost> {
  const host = await scene.host(name, [...postfix, "bsd-mailx"]);
  if (hosts) await host.must("cat > /etc/hosts", { input: hosts });
  const run = await scene.steps(host, { rootAlias: alias, ...more }).up();
  expect(run.code, run.text).toBe(0);
  return host;
}

describe("a host as Debian sets one up", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await setUp("plain");
    scene.keep(host);
  });

  test.each([
    "root",
    "root@localhost",
    "root@localhost.localdomain",
    "root@plain",
    "root@PLAIN",
    "root@plain.example.com",
  ])("%s stays local", async (to) => {
    expect(await whereTo(host, scene.relay, to)).toBe(alias);
  });

  test("what `hostname` and `mail` make of it stays local", async () => {
    const mail = (to: string, subject: string) => ({ command: `mail -s ${subject} ${to}`, input: "x\n" });
    expect(await whereTo(host, scene.relay, "root@$(hostname)", mail)).toBe(alias);
    expect(await whereTo(host, scene.relay, "root@$(hostname -f)", mail)).toBe(alias);
    expect(await whereTo(host, scene.relay, "root", mail)).toBe(alias);
  });

  test.each(["info@example.com", "root@other.example.com", "root@plain.example.org", "root@plain.local"])(
    "%s is somebody else",
    async (to) => {
      expect(await whereTo(host, scene.relay, to)).toBe(to);
    },
  );
});

test("a full name that /etc/hosts gives the host stays local", async () => {
  const host = await setUp("full", {
    hosts: "127.0.0.1 localhost\n127.0.1.1 full.internal.example.net full\n::1 localhost ip6-localhost\n",
  });
  expect(await host.must("hostname -f")).toBe("full.internal.example.net\n");
  for (const to of ["root@full.internal.example.net", "root@full"])
    expect(await whereTo(host, scene.relay, to), to).toBe(alias);
  expect(await whereTo(host, scene.relay, "root@internal.example.net")).toBe("root@internal.example.net");
});

test("a host whose full name is the domain: mail to the domain leaves all the same", async () => {
  const host = await setUp("apex", {
    hosts: "127.0.0.1 localhost\n127.0.1.1 example.com apex\n::1 localhost ip6-localhost\n",
  });
  expect(await host.must("hostname -f")).toBe("example.com\n");
  expect(await whereTo(host, scene.relay, "info@example.com")).toBe("info@example.com");
  expect(await whereTo(host, scene.relay, "root@apex")).toBe(alias);
});

test("a host that is named like the domain of the test message: the proof still leaves", async () => {
  const host = await setUp("recipient", {
    hosts: "127.0.0.1 localhost\n127.0.1.1 example.org recipient\n::1 localhost ip6-localhost\n",
  });
  expect(await whereTo(host, scene.relay, "someone@example.org")).toBe("someone@example.org");
});

test("without an alias, the same names end in root's mailbox", async () => {
  const host = await setUp("box", { more: { rootAlias: undefined } });
  for (const to of ["root@box", "root@localhost.localdomain", "root"])
    expect(await whereTo(host, scene.relay, to), to).toBe("mailbox");
});
