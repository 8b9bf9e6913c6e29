// Every wrong value by itself: one problem, at the right path, with the right reason.

import { describe, expect, test } from "vitest";
import { pathText } from "../src/problems.ts";
import { problemsOf } from "../src/settings.ts";
import { changed, HOST_KEY } from "./support/args.ts";
import { CA, ECDSA_256, PRIVATE_KEY } from "./support/keys.ts";

type Row = [path: string, value: unknown, reason: string];

const proxy = { host: "bastion.example.com", hostKey: HOST_KEY };

const problemsWith = (path: string, value: unknown) =>
  problemsOf(
    "web-1",
    changed({ ...(path.startsWith("connection.proxy.") && { "connection.proxy": proxy }), [path]: value }),
  );

const long = (length: number) => "a".repeat(length);
const fields = (...keys: string[]) => `known here: ${keys.join(", ")}`;

/** What every DNS name is refused for. */
const names = (path: string): Row[] => [
  [path, "", "which is empty"],
  [path, "http://example.com", "which is a URL"],
  [path, "ops@example.com", "which is a mail address"],
  [path, "exa mple.com", "which contains a space"],
  [path, "example.com ", "which contains a space"],
  [path, "example.com\u00a0", "which contains a space"],
  [path, "example.com\u3000", "which contains a space"],
  [path, "example.com\nrelayhost = evil.example", "which contains a line break"],
  [path, "example.com\r", "which contains a line break"],
  [path, "example.com\u2028", "which contains a line break"],
  [path, "example.com\0", "which contains a control character"],
  [path, "example.com\t", "which contains a control character"],
  [path, "例え.jp", "which is not ASCII"],
  [path, "example.com.", "which ends with a dot"],
  [path, "example..com", "which is no DNS name"],
  [path, ".example.com", "which is no DNS name"],
  [path, "-x.example.com", "which is no DNS name"],
  [path, "x_y.example.com", "which is no DNS name"],
  [path, "$mydomain.com", "which is no DNS name"],
  [path, "example.com#x", "which is no DNS name"],
  [path, "'example.com'", "which is no DNS name"],
  [path, "example.com,example.org", "which is no DNS name"],
  [path, `${long(64)}.example.com`, "which is no DNS name"],
  [path, `${`${long(60)}.`.repeat(5)}com`, "which is no DNS name"],
  [path, 42, "got the number 42"],
  [path, ["example.com"], "got a list"],
  [path, null, "got null"],
];

const fullNames = (path: string): Row[] => [
  ...names(path),
  [path, "example", "which has no domain"],
  [path, "localhost", "which every host has"],
  [path, "localhost.localdomain", "which every host has"],
  [path, "192.0.2.1", "which is an IP address"],
  [path, "2001:db8::1", "which is an IP address"],
  [path, "example.com:587", "which has a port"],
];

const ports = (path: string): Row[] => [
  [path, 0, "got the number 0"],
  [path, -1, "got the number -1"],
  [path, 65536, "got the number 65536"],
  [path, 587.5, "got the number 587.5"],
  [path, Number.NaN, "got the number NaN"],
  [path, Number.POSITIVE_INFINITY, "got the number Infinity"],
  [path, "587", 'got "587"'],
  [path, null, "got null"],
];

const addresses = (path: string): Row[] => [
  [path, "", "which is empty"],
  [path, "ops", "which needs exactly one @"],
  [path, "a@b@example.org", "which needs exactly one @"],
  [path, "@example.org", "whose part before the @ is not valid"],
  [path, ".ops@example.org", "whose part before the @ is not valid"],
  [path, "o..ps@example.org", "whose part before the @ is not valid"],
  [path, '"o ps"@example.org', "which is more than one address"],
  [path, `${long(65)}@example.org`, "whose part before the @ is longer than 64 characters"],
  [path, "ops@", "whose part after the @ is no full DNS name"],
  [path, "ops@localhost", "whose part after the @ is no full DNS name"],
  [path, "ops@exa_mple.org", "whose part after the @ is no full DNS name"],
  [path, "Ops <ops@example.org>", "which has angle brackets"],
  [path, "ops@example.org, root@example.org", "which is more than one address"],
  [path, "ops@example.org\nBcc: x@example.org", "which contains a line break"],
  [path, "öps@example.org", "which is not ASCII"],
  [path, true, "got the boolean true"],
];

const login = (path: string): Row[] => [
  [`${path}.host`, undefined, "missing; give the name or the address of the host"],
  [`${path}.host`, "https://203.0.113.10", "which is a URL"],
  [`${path}.host`, "root@203.0.113.10", "which is a mail address"],
  [`${path}.host`, "203.0.113.10:22", "which has a port"],
  [`${path}.host`, "[2001:db8::1]", "which has brackets"],
  [`${path}.host`, "203.0.113.999", "which is no DNS name"],
  [`${path}.host`, "-oProxyCommand=x", "which is no DNS name"],
  [`${path}.host`, "203.0.113.10\n", "which contains a line break"],
  ...ports(`${path}.port`),
  [`${path}.user`, "", "which is empty"],
  [`${path}.user`, "ro ot", "which is no user name"],
  [`${path}.user`, "root;id", "which is no user name"],
  [`${path}.user`, "-root", "which is no user name"],
  [`${path}.user`, "ｒoot", "which is no user name"],
  [`${path}.user`, long(33), "which is no user name"],
  [`${path}.hostKey`, undefined, "missing; give the line of /etc/ssh/ssh_host_ed25519_key.pub"],
  [`${path}.hostKey`, "", "which is empty"],
  [`${path}.hostKey`, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB", "which is an RSA key"],
  [`${path}.hostKey`, "ssh-dss AAAAB3NzaC1kc3M=", "which is of a type that cannot be pinned"],
  [`${path}.hostKey`, "SHA256:uNiVztksCsDhcc0u9e8BrrQ", "which is a fingerprint"],
  [`${path}.hostKey`, `[203.0.113.10]:22 ${HOST_KEY}`, "which is a line of known_hosts"],
  [`${path}.hostKey`, "AAAAC3NzaC1lZDI1NTE5AAAAIAAB", "which is no public key"],
  [`${path}.hostKey`, HOST_KEY.slice(0, -8), "which is damaged or not complete"],
  [`${path}.hostKey`, "ssh-ed25519", "which is damaged or not complete"],
  [`${path}.hostKey`, ECDSA_256.replace("nistp256", "nistp384"), "which is damaged or not complete"],
  [`${path}.hostKey`, `${HOST_KEY}\n${HOST_KEY}`, "which contains a line break"],
  [`${path}.hostKey`, PRIVATE_KEY, "which contains a line break"],
  [`${path}.privateKey`, "", "which is empty"],
  [`${path}.privateKey`, HOST_KEY, "which is a public key"],
  [`${path}.privateKey`, "~/.ssh/id_ed25519", "which is the name of a file"],
  [`${path}.privateKey`, "secret", "which is no private key in PEM form"],
  [`${path}.privateKey`, PRIVATE_KEY.slice(0, 90), "which is cut off before its last line"],
  [`${path}.privateKeyPassword`, "", "which is empty"],
  [`${path}.agentSocketPath`, "", "which is empty"],
  [`${path}.password`, "secret", "unknown; known here: host, port, user, hostKey"],
  [`${path}.hostkey`, HOST_KEY, "unknown; known here: host, port, user, hostKey"],
];

const rows: Record<string, Row[]> = {
  connection: [
    ["connection", undefined, "missing; needs an object"],
    ["connection", "root@203.0.113.10", 'got "root@203.0.113.10"; needs an object'],
    ["connection", [], "got a list; needs an object"],
    ...login("connection"),
  ],
  "connection.proxy": [
    ["connection.proxy", "bastion.example.com", "needs an object"],
    ...login("connection.proxy"),
    ["connection.proxy.proxy", {}, "unknown"],
  ],
  domain: [["domain", undefined, "missing; give the domain"], ...fullNames("domain")],
  hostname: fullNames("hostname"),
  relayHost: [
    ["relayHost", undefined, `missing; needs an object; ${fields("host", "port")}`],
    ["relayHost", "smtp.example.net:587", "needs an object"],
    ["relayHost.host", undefined, "missing; give the full name of the relay host"],
    ...names("relayHost.host"),
    ["relayHost.host", "[smtp.example.net]", "which has brackets"],
    ["relayHost.host", "smtp.example.net:587", "which has a port"],
    ["relayHost.host", "smtp.example.net 587", "which contains a space"],
    ["relayHost.host", "relay", "which has no domain"],
    ["relayHost.host", "localhost", "which every host has"],
    ["relayHost.host", "127.0.0.1", "which is this host itself"],
    ["relayHost.host", "::1", "which is this host itself"],
    ["relayHost.host", "fe80::1%eth0", "which has a zone"],
    ["relayHost.tls", true, `unknown; ${fields("host", "port")}`],
    ...ports("relayHost.port"),
  ],
  credentials: [
    ["credentials", undefined, "missing; needs an object"],
    ["credentials.username", undefined, "missing; give the user name"],
    ["credentials.username", "", "which is empty"],
    ["credentials.username", " user", "which begins or ends with a space"],
    ["credentials.username", "user\u3000", "which begins or ends with a space"],
    ["credentials.username", "us:er", "which contains a colon"],
    ["credentials.username", "user\npassword", "which contains a line break"],
    ["credentials.username", "us\ter", "which contains a control character"],
    ["credentials.username", long(321), "which is longer than 320 characters"],
    ["credentials.username", 7, "got the number 7"],
    ["credentials.password", undefined, "missing; give the password"],
    ["credentials.password", "", "which is empty"],
    ["credentials.password", "secret ", "which ends with a space"],
    ["credentials.password", "secret\u00a0", "which ends with a space"],
    ["credentials.password", "secret\n[evil.example]:25 a:b", "which contains a line break"],
    ["credentials.password", "secret\r", "which contains a line break"],
    ["credentials.password", "sec\0ret", "which contains a control character"],
    ["credentials.password", "secret\t", "which contains a control character"],
    ["credentials.password", "secret".repeat(200), "which is longer than 1024 characters"],
    ["credentials.password", 5318008, "got a number"],
    ["credentials.password", ["secret"], "got a list"],
    ["credentials.pasword", "secret", `unknown; ${fields("username", "password")}`],
  ],
  testDelivery: [
    ["testDelivery", undefined, "missing; needs an object"],
    ["testDelivery", "ops@example.org", "needs an object"],
    ["testDelivery.to", undefined, "missing; give one mail address"],
    ...addresses("testDelivery.to"),
    ...addresses("testDelivery.from"),
    ["testDelivery.timeoutSeconds", 4, "got the number 4; a time in seconds is a whole number from 5 to 600"],
    ["testDelivery.timeoutSeconds", 601, "got the number 601"],
    ["testDelivery.timeoutSeconds", 59.5, "got the number 59.5"],
    ["testDelivery.timeoutSeconds", "60", 'got "60"'],
    ["testDelivery.cc", "a@example.org", `unknown; ${fields("to", "from", "timeoutSeconds")}`],
  ],
  policies: [
    ["ownDomainMail", "both", 'got "both"; allowed: relay, local'],
    ["ownDomainMail", true, "got the boolean true; allowed: relay, local"],
    ["tls", "secure", `got "secure"; needs an object; ${fields("level")}`],
    ["tls.level", "may", 'got "may"; allowed: secure, encrypted'],
    ["tls.level", "Secure", 'got "Secure"; allowed: secure, encrypted'],
    ["tls.verify", false, `unknown; ${fields("level")}`],
    ["mechanisms", [], "got a list; name at least one mechanism, or leave it out"],
    ["mechanisms", "PLAIN", 'got "PLAIN"; name at least one mechanism'],
    ["mechanisms", ["XOAUTH2"], "which needs tokens"],
    ["mechanisms", ["!PLAIN"], "which excludes"],
    ["mechanisms", ["PLIAN"], 'got "PLIAN", which is unknown'],
    ["mechanisms", ["PLAIN LOGIN"], "which is unknown"],
    ["mechanisms", ["PLAIN", ""], "which is empty"],
    ["mechanisms", ["PLAIN", null], "got null"],
  ],
  caCertificate: [
    ["caCertificate", "", "which is empty"],
    ["caCertificate", "/etc/ssl/certs/ca.pem", "which is the name of a file"],
    ["caCertificate", `${CA}${PRIVATE_KEY}`, "which contains a private key"],
    ["caCertificate", "hello", "which has no certificate in it"],
    ["caCertificate", CA.replace("MIIBejCC", "MIIBejCD"), "which has no certificate in it, or a damaged one"],
    ["caCertificate", `${CA}#% file main.cf\n`, "which has a line that starts with `#% `"],
  ],
  "unknown arguments": [
    ["relayhost", { host: "smtp.example.net" }, "unknown; known here: connection, credentials, domain"],
    ["Domain", "example.com", "unknown; known here: connection"],
    ["password", "secret", "unknown; known here: connection"],
    ["constructor", "x", "unknown; known here: connection"],
  ],
};

const cases = Object.values(rows).flat();

describe.each(Object.entries(rows))("%s", (_, rows) => {
  test.each(rows)("%s = %j: %s", (path, value, reason) => {
    const [problem, ...more] = problemsWith(path, value);
    expect(more).toEqual([]);
    expect(pathText(problem?.path ?? [])).toMatch(new RegExp(`^${path}(\\[\\d\\])?$`));
    expect(problem?.reason).toContain(reason);
  });
});

test("never shows a secret", () => {
  const secrets = cases.filter(([path, value]) => /password|privateKey/i.test(path) && value);
  const reasons = secrets.flatMap(([path, value]) => problemsWith(path, value));
  expect(reasons.length).toBeGreaterThan(15);
  expect(JSON.stringify(reasons)).not.toMatch(/sec\0?ret|5318008|b3BlbnNz|evil/);
});

test("is one line for each problem, in lower case", () => {
  const reasons = cases.flatMap(([path, value]) => problemsWith(path, value));
  expect(reasons.map(({ reason }) => reason).filter((reason) => !/^[a-z].{10,}$/.test(reason))).toEqual([]);
});

test.each([
  ["web\n1", ["name", "hostname"]],
  ["web_1", ["hostname"]],
  ["", ["name", "hostname"]],
])("a Relay named %j", (name, paths) => {
  expect(problemsOf(name, changed({})).map(({ path }) => pathText(path))).toEqual(paths);
});

test("tells all problems at once", () => {
  const args = changed({ domain: "example", "connection.hostKey": undefined, "credentials.password": "", x: 1 });
  expect(problemsOf("web-1", args).map(({ path }) => pathText(path))).toEqual([
    "connection.hostKey",
    "credentials.password",
    "domain",
    "x",
  ]);
});
