import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { hostKey } from "../../src/settings/fields/keys.ts";
import { fetchHostKey, fingerprintCommand, hostKeyIn } from "../../src/ssh/host-key.ts";
import { HOST_KEY } from "../support/args.ts";
import { keyPair } from "../support/ssh-server.ts";

test("the key of a server, in the form of `connection.hostKey`; nobody logs in", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const logins: string[] = [];
  const server = new ssh2.Server(
    { hostKeys: [privateKey.export({ type: "sec1", format: "pem" }) as string] },
    (client) => {
      client.on("authentication", ({ username }) => void logins.push(username));
      client.on("error", () => {});
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { line, fingerprint } = await fetchHostKey("127.0.0.1", port);
  expect(hostKey.safeParse(line).error).toBeUndefined();
  expect(line).toMatch(/^ecdsa-sha2-nistp256 /);
  expect(fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
  expect(logins).toEqual([]);
  await new Promise((done) => server.close(done));
  await expect(fetchHostKey("127.0.0.1", port)).rejects.toThrow(/nothing listens on its SSH port/);
});

test("a key that is known is asked for by its type", async () => {
  const keys = [keyPair("ed25519"), keyPair("ecdsa")];
  const server = new ssh2.Server({ hostKeys: keys.map((key) => key.private) }, (client) =>
    client.on("error", () => {}),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const lines = keys.map((key) => hostKeyIn(key.public).line);
  expect((await fetchHostKey("127.0.0.1", port)).line).toBe(lines[0]);
  for (const line of lines) expect(await fetchHostKey("127.0.0.1", port, line)).toEqual(hostKeyIn(line));
  // One of a type that cannot be pinned changes nothing.
  expect((await fetchHostKey("127.0.0.1", port, "ssh-rsa AAAA")).line).toBe(lines[0]);
  await new Promise((done) => server.close(done));
});

test("a key from its line, and the command that prints its fingerprint", () => {
  expect(hostKeyIn(` ${HOST_KEY} root@web\n`)).toEqual({
    line: HOST_KEY,
    fingerprint: expect.stringMatching(/^SHA256:/),
  });
  expect(fingerprintCommand(hostKeyIn(HOST_KEY))).toBe("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
  expect(fingerprintCommand(hostKeyIn(keyPair("ecdsa").public))).toContain("ssh_host_ecdsa_key.pub");
});
