// What a login needs, from the configuration of a stack and the command line; and what is said of what is missing.

import { load } from "js-yaml";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { type Lacking, type Login, loginFor } from "../../src/cli/oauth-account.ts";
import { pathText } from "../../src/settings/problems.ts";

type Tree = Record<string, unknown>;

const configuration = (tree: Tree) => ({
  config: Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      `postfix-relay:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ),
  secretKeys: [],
});

async function found(line: string, tree: Tree): Promise<Login | Lacking> {
  const words = line.split(" ").filter((word) => word !== "");
  const asked = await readArguments(["oauth", "login", ...words], "1.2.3");
  if (!("oauth" in asked)) throw new Error(JSON.stringify(asked));
  const result = loginFor(asked.oauth, "prod", configuration(tree));
  if ("problems" in result) expect(JSON.stringify(result)).not.toContain("poison");
  return result;
}

/** The problems, each in a line; and the lines to add. */
async function lacking(line: string, tree: Tree) {
  const result = await found(line, tree);
  if (!("problems" in result)) throw new Error(`nothing is lacking: ${JSON.stringify(result)}`);
  const { problems, lines } = result;
  return { lines, problems: problems.map(({ path, reason }) => `${pathText(path)}: ${reason}`) };
}

const account = (oauth2: Tree = {}) => ({ username: "relay@example.com", oauth2: { clientId: "app", ...oauth2 } });
const MICROSOFT = "https://login.microsoftonline.com";
const SMTP = "https://outlook.office.com/SMTP.Send offline_access";
const GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth";

test.each<[what: string, line: string, tree: Tree, wanted: Partial<Login>]>([
  [
    "microsoft365",
    "",
    { provider: "microsoft365", credentials: account() },
    {
      ...{ flow: "device", clientId: "app", clientSecret: undefined, scope: SMTP, username: "relay@example.com" },
      tokenEndpoint: `${MICROSOFT}/organizations/oauth2/v2.0/token`,
      startEndpoint: `${MICROSOFT}/organizations/oauth2/v2.0/devicecode`,
      ...{ replaces: false, left: [] },
    },
  ],
  [
    "outlook, in a browser",
    "--flow browser",
    { provider: "outlook", credentials: account({ refreshToken: "poison" }) },
    { flow: "browser", startEndpoint: `${MICROSOFT}/consumers/oauth2/v2.0/authorize`, replaces: true },
  ],
  [
    "a browser whose address is pasted",
    "--paste",
    { provider: "outlook", credentials: account() },
    { flow: "browser" },
  ],
  [
    "gmail",
    "",
    { provider: "gmail", credentials: account({ clientSecret: "poison" }) },
    { flow: "browser", startEndpoint: GOOGLE, scope: "https://mail.google.com/", clientSecret: "poison" },
  ],
  [
    "a tenant of the stack's own, and a scope",
    "",
    {
      credentials: account({ tokenEndpoint: `${MICROSOFT}/T/oauth2/v2.0/token`, scope: "x/SMTP.Send offline_access" }),
    },
    { flow: "device", startEndpoint: `${MICROSOFT}/T/oauth2/v2.0/devicecode`, scope: "x/SMTP.Send offline_access" },
  ],
  [
    "a service that nobody knows",
    "--scope mail --token-endpoint https://id.example.net/t --device-endpoint https://id.example.net/d",
    { credentials: account() },
    { flow: "device", service: undefined, startEndpoint: "https://id.example.net/d", scope: "mail" },
  ],
  [
    "one with a browser",
    "--authorize-endpoint https://id.example.net/a",
    { credentials: account({ tokenEndpoint: "https://id.example.net/t", scope: "mail" }) },
    { flow: "browser", startEndpoint: "https://id.example.net/a", left: [] },
  ],
  [
    "an account of accounts has the provider of its relay host",
    "--account smtp.gmail.com",
    { provider: "microsoft365", accounts: { "smtp.gmail.com": account({ clientSecret: "poison" }) } },
    { startEndpoint: GOOGLE },
  ],
  [
    "one of a sender that of the sender's relay host",
    "--account shop@example.com",
    {
      provider: "sendgrid",
      senderDependent: { "shop@example.com": { host: "smtp.office365.com" } },
      accounts: { "shop@example.com": account() },
    },
    { scope: SMTP },
  ],
  [
    "a host's own account, with what stands at the top",
    "--path hosts[1].credentials",
    {
      provider: "microsoft365",
      credentials: account({ tokenEndpoint: `${MICROSOFT}/T/oauth2/v2.0/token`, refreshToken: "poison" }),
      hosts: [{ name: "web-1" }, { name: "web-2", credentials: { username: "two@example.com" } }],
    },
    {
      ...{ clientId: "app", username: "two@example.com", tokenEndpoint: `${MICROSOFT}/T/oauth2/v2.0/token` },
      replaces: false,
    },
  ],
  [
    "an option that says the same as the stack or its provider",
    `--client-id app --token-endpoint ${MICROSOFT}/organizations/oauth2/v2.0/token`,
    { provider: "microsoft365", credentials: account() },
    { left: [] },
  ],
])("%s", async (_, line, tree, wanted) => {
  const result = await found(line, tree);
  expect(result).not.toHaveProperty("problems");
  expect(result).toMatchObject(wanted);
});

test.each<[what: string, line: string, tree: Tree, problems: RegExp[]]>([
  [
    "all at once",
    "--flow device --device-endpoint http://x.example/",
    { provider: "gmail", credentials: { oauth2: { tokenEndpoint: "http://poison:x@y.example/" } } },
    [
      /^postfix-relay:credentials\.oauth2\.clientId: missing; add it, or --client-id$/,
      /^postfix-relay:credentials\.oauth2\.tokenEndpoint: needs a URL that begins with https:/,
      /^--device-endpoint: needs a URL that begins with https:/,
      /^postfix-relay:credentials\.oauth2\.clientSecret: missing: Google wants .* --stack 'prod' --path 'postfix-relay:/,
    ],
  ],
  [
    "Google's device flow",
    "--flow device",
    { provider: "gmail", credentials: account({ clientSecret: "poison" }) },
    [/^--flow: the device flow of Google takes no mail scope/],
  ],
  [
    "no word for a refresh token",
    "",
    { provider: "outlook", credentials: account({ scope: "https://outlook.office365.com/.default" }) },
    [/^postfix-relay:credentials\.oauth2\.scope: Microsoft gives no refresh token without the word offline_access/],
  ],
  [
    "an option beside another value",
    "--client-id other",
    { provider: "outlook", credentials: account() },
    [/^--client-id: got "other", and the stack has another one/],
  ],
  [
    "a number for a text",
    "",
    { provider: "outlook", credentials: account({ clientId: 7 }) },
    [/^postfix-relay:credentials\.oauth2\.clientId: needs a text$/],
  ],
  [
    "nothing is known of the endpoint",
    "",
    { credentials: account({ tokenEndpoint: "https://id.example.net/t", scope: "mail" }) },
    [/^--flow: nothing is known of https:\/\/id\.example\.net\/t; add --device-endpoint URL, or --authorize-endpoint/],
  ],
  [
    "nor where a browser begins",
    "--flow browser",
    { credentials: account({ tokenEndpoint: "https://id.example.net/t", scope: "mail" }) },
    [/^--authorize-endpoint: missing/],
  ],
  [
    "no provider, and no endpoint",
    "",
    { credentials: account() },
    [
      /oauth2\.tokenEndpoint: missing; add it, or --token-endpoint, or `postfix-relay:provider`: gmail, workspace-relay, micro/,
      /oauth2\.scope: missing; add it, or --scope, or/,
    ],
  ],
  [
    "no such host",
    "--path hosts[3].credentials",
    { hosts: [{ name: "a" }] },
    [/^postfix-relay:hosts\[3\]: there is no/],
  ],
  ["no such account", "", { provider: "outlook" }, [/^postfix-relay:credentials\.oauth2: missing: the account has no/]],
  [
    "a word that every object has",
    "--account constructor.example",
    { provider: "outlook", accounts: {} },
    [/^postfix-relay:accounts\["constructor\.example"\]\.oauth2: missing/],
  ],
])("lacking: %s", async (_, line, tree, problems) => {
  const result = await lacking(line, tree);
  expect(result.problems).toHaveLength(problems.length);
  problems.forEach((says, index) => void expect(result.problems[index]).toMatch(says));
});

test.each<[what: string, line: string, tree: Tree, lines: string]>([
  [
    "an account with a password",
    "",
    { provider: "outlook", credentials: { username: "u", password: "poison" } },
    "config:\n  postfix-relay:credentials:\n    oauth2:\n      clientId: CLIENT-ID",
  ],
  [
    "no account, and an option",
    "--client-id app --account smtp.office365.com",
    {},
    "config:\n  postfix-relay:accounts:\n    smtp.office365.com:\n      username: MAILBOX\n      oauth2:\n        clientId: app",
  ],
  [
    "a host, without a provider",
    "--path hosts[1].credentials",
    { hosts: [{ name: "a" }, { name: "web-2", credentials: { username: "u" } }] },
    [
      "config:\n  postfix-relay:hosts:\n    - name: web-2\n      credentials:\n        oauth2:",
      "          clientId: CLIENT-ID\n          tokenEndpoint: https://TOKEN-ENDPOINT\n          scope: SCOPE",
    ].join("\n"),
  ],
])("lines to add: %s", async (_, line, tree, lines) => {
  expect((await lacking(line, tree)).lines).toBe(lines);
});

test("the lines, added to the file, are all that was missing", async () => {
  const { lines } = await lacking("", { provider: "outlook" });
  const { config } = load(lines) as { config: { "postfix-relay:credentials": object } };
  const result = await found("", { provider: "outlook", credentials: config["postfix-relay:credentials"] });
  expect(result).toMatchObject({ clientId: "CLIENT-ID", username: "MAILBOX" });
});
