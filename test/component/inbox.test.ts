// The step that keeps what was found in the mailbox: when it is there, what it depends on, and what its stdin is.

import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { lookAtHost } from "../../src/component/drift.ts";
import { type Arrival, arrivalOf, arrivalText } from "../../src/deliverability/inbox/arrival.ts";
import { prove } from "../../src/deliverability/inbox/prove.ts";
import { fieldIn } from "../../src/host/payload.ts";
import { Relay, type RelayArgs, RelayFleet } from "../../src/index.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { bare, looked, silent } from "../support/looks.ts";
import { readable, registered, STDOUT } from "../support/mocks.ts";

vi.mock("../../src/component/drift.ts", async (original) => ({ ...(await original<object>()), lookAtHost: vi.fn() }));
vi.mock("../../src/deliverability/inbox/prove.ts", () => ({ prove: vi.fn() }));

const TOKEN = "postfixrelay0123456789abcdef";
const AT = "2026-11-30T12:00:00Z";
const delivery = JSON.stringify({ ...JSON.parse(STDOUT.delivery ?? ""), token: TOKEN, at: AT });
const owner = "mail/test/web-1";

let warn: MockInstance<typeof pulumi.log.warn>;
let info: MockInstance<typeof pulumi.log.info>;
beforeEach(() => {
  info = vi.spyOn(pulumi.log, "info").mockImplementation(async () => {});
  warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async () => {});
  vi.mocked(prove).mockResolvedValue(arrivalOf({ state: "inbox", folder: "INBOX", spf: "pass", seconds: 1.2 }));
});
afterEach(() => {
  warn.mockRestore();
  info.mockRestore();
  vi.mocked(prove).mockReset();
  vi.mocked(lookAtHost).mockReset();
});

const inbox = { host: "imap.example.org", user: "ops", password: "poison-Kx7" };
const args = (more: object = {}, others: Partial<RelayArgs> = {}) =>
  relayArgs({ testDelivery: { to: "ops@example.org", inbox: { ...inbox, ...more } }, ...others });

/** The step, beside all that was registered and what the Relay has as its output. */
async function made(given: RelayArgs, { preview = false, stdout = delivery } = {}) {
  let output: Arrival | undefined;
  const all = await registered(
    () => {
      new Relay("web-1", given).inbox.apply((value) => {
        output = value;
      });
    },
    { preview, stdout: { delivery: stdout } },
  );
  const step = all.find(({ name }) => name === "web-1-inbox");
  return { all, step, stdin: step?.inputs.stdin as string | undefined, output };
}

const kept = (arrival: Arrival, token = TOKEN) => looked({ owner, seen: `${token} ${arrivalText(arrival)}` });
const warnings = () => warn.mock.calls.map(([text]) => text).filter((text) => /test message|mailbox/.test(text));

describe("the step", () => {
  test("is there only with a mailbox; the delivery is another one then, so that a message is sent for it", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(bare);
    const without = await made(relayArgs());
    expect([without.step, without.output]).toEqual([undefined, undefined]);
    const { all, step } = await made(args());
    expect(all).toHaveLength(7);
    expect(step).toMatchObject({
      parent: "web-1",
      after: ["delivery", "main-cf", "packages", "sasl-passwd", "service"].map((one) => `web-1-${one}`),
      inputs: { create: "/usr/local/sbin/postrelay seen", logging: "none", addPreviousOutputInEnv: false },
      options: { deleteBeforeReplace: true, ignoreChanges: ["update"] },
    });
    expect(step?.inputs.delete).toMatch(/^\[ ! -e \S+ \] \|\| \S+ restore inbox$/);
    const stdin = (all: Awaited<ReturnType<typeof made>>["all"]) =>
      JSON.stringify(all.find(({ name }) => name === "web-1-delivery")?.inputs.stdin);
    expect([stdin(without.all).includes("#% inbox yes"), stdin(all).includes("#% inbox yes")]).toEqual([false, true]);
  });

  test("no password is readable anywhere, and what was found is", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(bare);
    const sender = { host: "imap.example.com", user: "sender", password: "poison-Tz4" };
    const to = "ops@example.org";
    for (const way of [
      (value: string) => value,
      pulumi.secret,
      pulumi.output,
      (value: string) => Promise.resolve(value),
    ]) {
      const testDelivery = {
        to,
        inbox: { ...inbox, password: way(inbox.password) },
        bounces: { ...sender, password: way(sender.password) },
      };
      const { all, stdin } = await made(relayArgs({ testDelivery }));
      expect(readable("poison", all)).toEqual([]);
      expect(readable("imap.example.org", all).length).toBe(1);
      expect(fieldIn(stdin ?? "", "found")[0]).toContain('"state":"inbox"');
      expect(vi.mocked(prove).mock.lastCall?.[0]).toMatchObject({
        ...{ sent: { token: TOKEN, at: AT }, to, patience: "whole" },
        ...{ inbox: { ...inbox, timeoutSeconds: 120 }, bounces: sender },
      });
    }
  });
});

describe("what was found before", () => {
  const good = arrivalOf({ state: "inbox", folder: "INBOX", seconds: 3, receiver: "mx.example.org" });
  const junk = arrivalOf({ state: "junk", folder: "Junk", seconds: 3, dmarc: "fail" });

  test("and is right stays, byte for byte, and nobody looks", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(kept(good));
    for (const preview of [true, false]) {
      const { stdin, output } = await made(args({ required: true }), { preview });
      expect(fieldIn(stdin ?? "", "found")).toEqual([arrivalText(good)]);
      expect(fieldIn(stdin ?? "", "token")).toEqual([TOKEN]);
      expect(output).toEqual(good);
    }
    expect(prove).not.toHaveBeenCalled();
    expect(warnings()).toEqual([]);
  });

  test("in Junk: a warning in each update, and no difference, unless the inbox is required", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(kept(junk));
    const { stdin } = await made(args());
    expect(fieldIn(stdin ?? "", "found")).toEqual([arrivalText(junk)]);
    expect(fieldIn(stdin ?? "", "refuse")).toEqual([]);
    expect(warnings()).toEqual([
      "web-1: the test message is in the folder Junk of the mailbox. The receiver: dmarc=fail.",
    ]);
    expect(prove).not.toHaveBeenCalled();
    vi.mocked(prove).mockResolvedValue(arrivalOf({ state: "missing", why: "not within 120 s" }));
    const required = await made(args({ required: true }));
    expect(vi.mocked(prove).mock.lastCall?.[0]).toMatchObject({ patience: "once" });
    expect(fieldIn(required.stdin ?? "", "found")).toEqual([arrivalText(junk)]);
    expect(fieldIn(required.stdin ?? "", "refuse")[0]).toMatch(/^the test message is in the folder Junk/);
    expect(fieldIn(required.stdin ?? "", "todo")[0]).toMatch(/verdict/);
  });

  test("of another message does not count", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(kept(good, "older"));
    await made(args());
    expect(vi.mocked(prove).mock.lastCall?.[0]).toMatchObject({ patience: "whole", sent: { token: TOKEN } });
  });
});

describe("what is due", () => {
  test("is unknown in a preview, where nobody looks into a mailbox", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(looked({ owner }));
    const { step } = await made(args(), { preview: true });
    expect(step).toBeDefined();
    expect(step?.inputs.stdin).not.toEqual(expect.stringContaining("found"));
    expect(prove).not.toHaveBeenCalled();
  });

  test("without the word of the message nobody looks, and that is said", async () => {
    vi.mocked(lookAtHost).mockResolvedValue(looked({ owner }));
    const { stdin } = await made(args(), { stdout: STDOUT.delivery });
    expect(fieldIn(stdin ?? "", "token")).toEqual(["none"]);
    expect(fieldIn(stdin ?? "", "found")[0]).toContain('"state":"unknown"');
    expect(prove).not.toHaveBeenCalled();
    expect(warnings()).toEqual([expect.stringMatching(/^web-1: the test message was not looked for: /)]);
  });

  test.each([
    ["a host that did not answer", silent],
    ["a host of another Relay", looked({ owner: "other/prod/web-1" })],
    ["no look", undefined],
  ])("%s: what is in the state stays, nobody looks, and that is said", async (_, look) => {
    vi.mocked(lookAtHost).mockResolvedValue(look);
    const { step } = await made(args());
    expect(step?.options.ignoreChanges).toEqual(["update", "stdin"]);
    expect(prove).not.toHaveBeenCalled();
    expect(warnings()).toEqual([expect.stringMatching(/could not be asked what was found before\.$/)]);
  });
});

test("a fleet has what was found by host, without those that have no mailbox, and later waves wait for it", async () => {
  vi.mocked(lookAtHost).mockResolvedValue(bare);
  const host = (name: string) => ({ connection: { host: `${name}.example.com`, hostKey: HOST_KEY } });
  const hosts = [
    { name: "a", ...args({}, host("a")) },
    { name: "b", ...relayArgs(host("b")) },
  ];
  let found: unknown;
  const all = await registered(
    () => {
      new RelayFleet("hosts", { hosts }).inboxes.apply((value) => {
        found = value;
      });
    },
    { stdout: { delivery } },
  );
  expect(found).toEqual({ a: expect.objectContaining({ state: "inbox", spf: "pass" }) });
  expect(all.find(({ name }) => name === "b-packages")?.after).toContain("a-inbox");
});

const later = (value: string) => pulumi.output(new Promise<string>((resolve) => setTimeout(resolve, 5, value)));

test.each<[what: string, given: () => RelayArgs, says: RegExp]>([
  ["another argument", () => args({}, { domain: later("example") }), /domain: got "example"/],
  [
    "the password",
    () => args({ password: later("poison ") }),
    /testDelivery\.inbox\.password: got a text, which begins/,
  ],
])("with %s, wrong and known late, the step stays, and nobody looks", async (_, given, says) => {
  const error = vi.spyOn(pulumi.log, "error").mockImplementation(async () => {});
  const { all, step } = await made(given());
  expect(all).toHaveLength(7);
  expect(step?.options.ignoreChanges).toEqual(["*"]);
  expect(prove).not.toHaveBeenCalled();
  expect(error.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(says)]);
  expect(JSON.stringify(error.mock.calls)).not.toContain("poison");
  error.mockRestore();
});
