import { HOST_KEY } from "../support/args.ts";

/**
 * A program that gives every secret, the objects around them and the whole maps as Outputs and as Promises. Nothing is
 * done on hosts that are gone, but the engine writes all it is given into the state.
 */
export const everyWay = (secret: string): string => `
import * as pulumi from "@pulumi/pulumi";
import { Relay } from "../src/index.ts";

const secret = ${JSON.stringify(secret)};
const key = \`-----BEGIN OPENSSH PRIVATE KEY-----\\n\${secret}\\n-----END OPENSSH PRIVATE KEY-----\\n\`;
const login = { hostKey: ${JSON.stringify(HOST_KEY)}, privateKey: key, privateKeyPassword: secret };
const other = "smtp.example.net";
const third = "smtp.example.com";
const oauth2 = { tokenEndpoint: "https://login.example.net/token", clientId: "open-name", clientSecret: secret, refreshToken: "poison-" + secret.replace(/[^\\x21-\\x7e]/g, "") };
const args = (host: string): any => ({
  connection: { host, ...login, proxy: { host: "bastion.example.com", ...login } },
  domain: "example.com",
  relayHost: { host: "smtp.example.org" },
  fallback: [{ host: other }, { host: third }],
  credentials: { username: "open-name", password: secret },
  accounts: { [other]: { username: "open-name", password: secret }, [third]: { username: "open-name", oauth2 } },
  testDelivery: { to: "ops@example.org", inbox: { host: "imap.example.org", user: "open-name", password: secret } },
  gone: true,
});
const places = [
  ...["", "proxy."].flatMap((at) => ["privateKey", "privateKeyPassword"].map((leaf) => \`connection/\${at}\${leaf}\`)),
  "connection", "connection/proxy", "credentials", "credentials/password",
  "accounts", \`accounts/\${other}\`, \`accounts/\${other}/password\`,
  \`accounts/\${third}\`, ...["", "/clientSecret", "/refreshToken"].map((leaf) => \`accounts/\${third}/oauth2\${leaf}\`),
  "testDelivery", "testDelivery/inbox", "testDelivery/inbox/password",
].map((place) => place.replace("proxy.", "proxy/").split("/"));
const ways = { plain: (value: any) => value, output: pulumi.output, promise: async (value: any) => value };

const changed = (value: any, [key, ...rest]: string[], change: (value: any) => any): any =>
  key === undefined ? change(value) : { ...value, [key]: changed(value[key], rest, change) };
for (const [index, place] of places.entries())
  for (const [how, change] of Object.entries(ways))
    new Relay(\`\${how}-\${index}\`, changed(args(\`\${how}-\${index}.example.com\`), place, change));

export const planted = "poison-open";
`;
