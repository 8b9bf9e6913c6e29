import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, type LabRelay, type Mode, openLab, until } from "./index.ts";
import { type Submission, submit } from "./smtp.ts";
import { TokenEndpoint } from "./token-endpoint.ts";
import { signed } from "./tokens/jwt.ts";

const lab = {} as { lab: Lab; relay: LabRelay };
let count = 0;

beforeAll(async () => {
  lab.lab = await openLab();
  lab.relay = await lab.lab.relay();
});
afterAll(() => lab.lab?.close());

/** Submits a message of its own as the first user, over verified STARTTLS on 587 unless changed. */
function send(change: Partial<Submission> = {}) {
  const { relay } = lab;
  const from = `sender-${++count}@example.com`;
  const verify = { ca: lab.lab.ca, name: relay.host };
  const usual = { address: relay.address, port: 587, starttls: change.port !== 465, verify, user: relay.users[0] };
  return submit({ ...usual, from, to: ["someone@example.org"], ...change });
}
const last = () => lab.relay.waitFor((message) => message.sender === `sender-${count}@example.com`);

test.for([
  ["CRAM-MD5", 587, 0],
  ["PLAIN", 587, 0],
  ["LOGIN", 587, 0],
  ["CRAM-MD5", 465, 0],
  ["PLAIN", 465, 0],
  ["LOGIN", 465, 0],
  ["CRAM-MD5", 587, 1],
  ["PLAIN", 587, 1],
  ["LOGIN", 587, 1],
  ["CRAM-MD5", 587, 2],
  ["PLAIN", 587, 2],
  ["LOGIN", 587, 2],
] as const)("accepts %s on port %i from user %i, and keeps the message", async ([mechanism, port, number]) => {
  const user = lab.relay.users[number];
  const to = ["one@example.org", "two@example.net"];
  const { answer } = await send({ mechanism, port, user, to, text: "Subject: a\n  folded\n\nline\n.dot\n" });
  expect(answer).toMatch(/^250 2\.0\.0 Ok: queued as/);
  const message = await last();
  expect(message).toMatchObject({ saslUser: user?.username, saslMethod: mechanism, body: "line\n.dot\n" });
  expect(message).toMatchObject({ client: lab.lab.dns.net.gateway, tls: "TLSv1.3" });
  expect(message.recipients.sort()).toEqual(to);
  expect(message.headers.subject).toEqual(["a folded"]);
  expect(answer).toContain(message.id);
});

test("refuses some senders, and takes others", async () => {
  const refused = ["no@example.com", "nor-this@example.com"];
  await lab.relay.set({ refusedSenders: refused });
  for (const from of refused) await expect(send({ from })).rejects.toThrow("553 5.7.1 <");
  await send();
  await lab.relay.set("normal");
});

test("demands authentication, and TLS before it", async () => {
  await expect(send({ user: undefined })).rejects.toThrow("530 5.7.0 <sender");
  await expect(send({ starttls: false })).rejects.toThrow("503 5.5.1 Error: authentication not enabled");
});

test.for<[Mode, string | RegExp]>([
  ["wrong-password", "535 5.7.8"],
  ["sender-refused", "553 5.7.1 <sender"],
  ["expired-certificate", "certificate has expired"],
  ["foreign-certificate", "unable to verify the first certificate"],
  ["wrong-name", "does not match certificate's altnames"],
  ["refuse-421", "421 4.7.0"],
  ["silence", /never received|timeout/i],
  ["port-closed", "ECONNREFUSED"],
])("fails on demand: %s", async ([mode, error]) => {
  await lab.relay.set(mode);
  for (const port of [587, 465]) await expect(send({ port, timeout: 2 })).rejects.toThrow(error);
  await lab.relay.set("normal");
  await send();
  await last();
});

test("auth-required: offers no authentication, and refuses without it", async () => {
  await lab.relay.set("auth-required");
  await expect(send()).rejects.toThrow("503 5.5.1 Error: authentication not enabled");
  await expect(send({ user: undefined })).rejects.toThrow("530 5.7.0 <sender");
});

test("no-starttls: does not offer it, and takes passwords in clear", async () => {
  await lab.relay.set("no-starttls");
  await expect(send()).rejects.toThrow("502 5.5.1 Error: command not implemented");
  const { offers } = await send({ starttls: false });
  expect(offers.join()).not.toContain("STARTTLS");
  expect((await last()).tls).toBeUndefined();
});

test("greylisting: refuses at first, and accepts later, each time it is switched on", async () => {
  for (const _ of [1, 2]) {
    await lab.relay.set("greylisting");
    const from = "greylisted@example.com";
    await expect(send({ from })).rejects.toThrow("450 4.2.0");
    const sent = () =>
      send({ from }).then(
        (done) => done.answer,
        () => false as const,
      );
    expect(await until("acceptance", sent, { every: 500 })).toMatch(/^250/);
  }
});

test.for(["cram-md5", "plain", "login"] as const)("offers %s alone", async (mechanism) => {
  await lab.relay.set({ mechanisms: [mechanism] });
  const { offers } = await send({ mechanism: mechanism.toUpperCase() as Submission["mechanism"] });
  expect(offers).toContain(`250-AUTH ${mechanism.toUpperCase()}`);
});

test("tokens: takes those that are signed and have not ended, beside passwords", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = publicKey.export({ format: "pem", type: "spki" }).toString();
  const username = "relay@example.com";
  const token = (more = {}, by: KeyObject = privateKey, bytes?: number) => {
    const now = Math.floor(Date.now() / 1000);
    return signed({ sub: "app", upn: username, iat: now, exp: now + 60, ...more }, by, { bytes });
  };
  const login = (text: string, change: Partial<Submission> = {}) =>
    send({ user: { username, token: text }, ...change });
  await lab.relay.set({ tokens: { key, clients: ["app"] } });
  // Postfix reads 2,048 bytes of a line, so a long token waits for 334.
  const ways = [
    { text: token(), initial: true, port: 587 },
    { text: token({ azp: "app" }, privateKey, 8000), initial: false, port: 465 },
  ];
  for (const mechanism of ["XOAUTH2", "OAUTHBEARER"] as const)
    for (const { text, ...way } of ways) {
      const { offers } = await login(text, { mechanism, ...way });
      expect(offers.join()).toMatch(/AUTH .*XOAUTH2 OAUTHBEARER/);
      expect(await last()).toMatchObject({ saslUser: username, saslMethod: mechanism });
    }
  await send();
  expect(await last()).toMatchObject({ saslUser: "relayuser", saslMethod: "PLAIN" });

  const now = Math.floor(Date.now() / 1000);
  const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const refused = {
    ended: token({ exp: now - 1 }),
    "not yet": token({ nbf: now + 300 }),
    "of another key": token({}, foreign),
    "of another client": token({ azp: "other" }),
    "of another user": token({ upn: "other@example.com" }),
    "no token": "relaypass",
  };
  for (const [what, text] of Object.entries(refused))
    for (const mechanism of ["XOAUTH2", "OAUTHBEARER"] as const)
      await expect(login(text, { mechanism }), what).rejects.toThrow("535 5.7.8");

  // Another key, and then another claim.
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const otherKey = other.publicKey.export({ format: "pem", type: "spki" }).toString();
  await lab.relay.set({ tokens: { key: otherKey, clients: ["app"] } });
  await expect(login(token())).rejects.toThrow("535 5.7.8");
  await login(token({}, other.privateKey));
  await lab.relay.set({ tokens: { key: otherKey, claim: "email" } });
  await expect(login(token({}, other.privateKey))).rejects.toThrow("535 5.7.8");
  await login(token({ email: username }, other.privateKey));
  await lab.relay.set("normal");
  await expect(login(token({ email: username }, other.privateKey))).rejects.toThrow("535 5.7.8");
});

test("tokens of the lab's token endpoint", async () => {
  const endpoint = await TokenEndpoint.open(lab.lab);
  const { accounts, publicKey } = endpoint;
  const client = { id: "4c2a-app", user: "relay@example.com" };
  await lab.relay.set({ tokens: { key: publicKey, clients: [client.id] } });
  const login = (token: string) => send({ user: { username: client.user, token } });
  await login(accounts.accessToken(client, "https://outlook.office365.com/.default"));
  expect((await last()).saslUser).toBe(client.user);
  for (const shape of [{ life: -1 }, { notBefore: 300 }])
    await expect(login(accounts.accessToken(client, "x", shape))).rejects.toThrow("535 5.7.8");
  await lab.relay.set("normal");
  await endpoint.close();
});

test("limits the size of a message", async () => {
  await lab.relay.set({ messageSizeLimit: 2000 });
  await expect(send({ text: `Subject: big\n\n${"0123456789\n".repeat(400)}` })).rejects.toThrow("552 5.3.4");
});

test("changes its users", async () => {
  const user = { username: "relayuser", password: "new password" };
  await lab.relay.setUsers([user]);
  await expect(send({ user: { username: "relayuser", password: "relaypass" } })).rejects.toThrow("535 5.7.8");
  await send({ user });
  expect((await last()).saslUser).toBe("relayuser");
  expect(await lab.relay.log()).toContain("SASL PLAIN authentication failed");
});
