import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { hostKey } from "../../src/settings/fields/keys.ts";
import { fetchHostKey } from "../../src/ssh/host-key.ts";

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
