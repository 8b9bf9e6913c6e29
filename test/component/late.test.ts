// Arguments that are known only later: a wrong or failing one ends nothing, is said once, and takes no step away.

import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { guardArgs } from "../../src/component/late.ts";
import { knownValue } from "../../src/component/sdk.ts";
import { Relay, type RelayArgs, RelayFleet } from "../../src/index.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { registered } from "../support/mocks.ts";

let error: MockInstance<typeof pulumi.log.error>;
beforeEach(() => {
  error = vi.spyOn(pulumi.log, "error").mockImplementation(async () => {});
});
afterEach(() => void vi.restoreAllMocks());

const later = <T>(value: T) => pulumi.output(new Promise<T>((resolve) => setTimeout(resolve, 5, value)));
const failing = (message: string) =>
  later(0).apply((): string => {
    throw new Error(message);
  });
const said = () => error.mock.calls.map(([text]) => text);

const SHORT = { username: "user", password: "correct horse" };
/** Made for each test: what fails before anybody waits for it is an error of its own. */
const rows: [what: string, args: () => Partial<RelayArgs>, says: string[]][] = [
  [
    "a password",
    () => ({ credentials: { username: "user", password: later("a\nb") } }),
    ["credentials.password: got a text, which"],
  ],
  [
    "credentials as a whole",
    () => ({ credentials: later({ username: "us:er", password: "x4Rq" }) }),
    ["credentials.username: got"],
  ],
  [
    "a token that lacks something",
    () => ({ credentials: { username: "user", oauth2: later({ clientId: "app", clientSecret: "poison-secret" }) } }),
    ["credentials.oauth2.tokenEndpoint: missing"],
  ],
  [
    "a token beside a password",
    () => ({ credentials: { ...SHORT, oauth2: later({ clientId: "app", clientSecret: "poison-secret" }) } }),
    ["credentials.oauth2: is given beside `password`"],
  ],
  ["a domain", () => ({ domain: later("example") }), ['domain: got "example"']],
  [
    "a host key",
    () => ({ connection: later({ host: "203.0.113.10", hostKey: "ssh-rsa AAAA" }) }),
    ["connection.hostKey: got"],
  ],
  [
    "two at once",
    () => ({ domain: later("example"), credentials: { username: "user", password: later("a\nb") } }),
    ["credentials.password: got", "domain: got"],
  ],
  [
    "two that do not go together",
    () => ({
      hostname: "example.com",
      ownDomainMail: later("relay" as const),
      domain: later("example.com"),
      mxCheck: "off",
    }),
    ["hostname"],
  ],
  [
    "one that fails",
    () => ({ domain: failing("no such machine") }),
    ["domain: its value could not be computed: no such machine"],
  ],
  [
    "a secret that fails",
    () => ({ credentials: { username: "user", password: failing("poison-Kx7 is no JSON") } }),
    ["credentials.password: its value could not be computed: Error, not shown since it may quote a secret"],
  ],
  [
    "a Promise that is rejected",
    () => ({ credentials: Promise.reject(new SyntaxError("poison-Kx7 is no JSON")) }),
    ["credentials: its value could not be computed: SyntaxError, not shown"],
  ],
];

const APP = { clientId: "app", tokenEndpoint: "https://login.example.net/token" };
const token = later("poison-0.refresh-token");
const account = (oauth2: object) => ({ credentials: { username: "user@outlook.com", oauth2 } }) as Partial<RelayArgs>;
const outlook = { relayHost: undefined, provider: "outlook" } as const;

test.each<[what: string, args: () => Partial<RelayArgs>]>([
  ["a refresh token", () => ({ ...account({ clientId: "app", refreshToken: token }), ...outlook })],
  ["a client secret", () => account({ ...APP, clientSecret: token })],
  ["an endpoint", () => account({ ...APP, tokenEndpoint: later(APP.tokenEndpoint), clientSecret: token })],
  ["`oauth2` as a whole", () => account(later({ ...APP, clientSecret: "poison-secret" }))],
  [
    "`oauth2` of another account",
    () => ({
      fallback: [{ host: "smtp.example.net" }],
      accounts: { "smtp.example.net": { username: "user", oauth2: later({ ...APP, clientSecret: "poison-secret" }) } },
    }),
  ],
  [
    "the account as a whole",
    () => ({ credentials: later({ username: "user", oauth2: { ...APP, refreshToken: "0.poison" } }) }),
  ],
])("%s, known late and right: nothing is said", async (_, more) => {
  const all = await registered(() => new Relay("web-1", relayArgs(more())));
  expect(said()).toEqual([]);
  expect(all).toHaveLength(6);
});

test("an account without any secret is refused at once, although something else is known late", async () => {
  const none = { credentials: { username: "user" }, domain: later("example.com") } as Partial<RelayArgs>;
  await expect(registered(() => new Relay("web-1", relayArgs(none)))).rejects.toThrow(/credentials\.password: missing/);
});

describe.each(rows)("%s, wrong and known late:", (_, more, says) => {
  test("all steps are registered, none with anything to do", async () => {
    const all = await registered(() => new Relay("web-1", relayArgs(more())));
    expect(all).toHaveLength(6);
    expect(said()).toHaveLength(1);
    for (const text of says) expect(said()[0]).toContain(text);
    expect(said()[0]).toMatch(/^Relay web-1:\n/);
    expect(said()[0]).not.toContain("poison");
    const steps = all.slice(1);
    expect(steps.slice(0, 4).map(({ options }) => options.ignoreChanges)).toEqual(Array(4).fill(["*"]));
    // The last one has a change that a hook refuses, so that whatever waits for this host does not begin.
    expect(steps[4]?.inputs.update).toMatch(/^false #/);
    expect(steps[4]?.options.ignoreChanges).toEqual(expect.arrayContaining(["connection", "create", "stdin"]));
    expect(JSON.stringify(steps)).not.toContain("correct horse");
  });
});

test("what the steps depended on they still depend on", async () => {
  class Server extends pulumi.CustomResource {
    declare readonly stdout: pulumi.Output<string>;
  }
  const all = await registered(() => {
    const vps = new Server("test:index:Server", "vps", { stdout: undefined });
    const host = vps.urn.apply(() => "203.0.113.10");
    new Relay("web-1", relayArgs({ connection: { host, hostKey: HOST_KEY }, domain: later("example") }));
  });
  for (const { after } of all.filter(({ type }) => type === "command:remote:Command")) expect(after).toContain("vps");
});

test("another Relay of the stack and the next waves are registered, too", async () => {
  const hosts = ["a", "b", "c"].map((name) => ({
    name,
    ...relayArgs({ connection: { host: `${name}.example.com`, hostKey: HOST_KEY } }),
  }));
  const wrong = hosts.map((host) => (host.name === "b" ? { ...host, domain: later("example") } : host));
  const all = await registered(() => new RelayFleet("hosts", { hosts: wrong, waves: ["1"] }));
  expect(all).toHaveLength(1 + 3 * 6);
  expect(said()).toEqual([expect.stringMatching(/^Relay b:\n {2}domain: got "example"/)]);
});

test("a value that fails is none, and all others are as they were", async () => {
  const secret = pulumi.secret("x");
  const { args, failures } = guardArgs({ a: [1, { b: failing("gone") }], c: secret, d: "plain" });
  expect(await knownValue(args)).toEqual({ a: [1, { b: undefined }], c: "x", d: "plain" });
  expect(await pulumi.isSecret(args.c)).toBe(true);
  expect(failures).toEqual([{ path: ["a", 1, "b"], reason: expect.stringContaining("Error, not shown") }]);
  expect(guardArgs(relayArgs({ credentials: SHORT })).args).toEqual(relayArgs({ credentials: SHORT }));
});
