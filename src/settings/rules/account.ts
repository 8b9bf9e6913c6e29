import type { Preset } from "../../providers/preset.ts";
import { providers } from "../../providers/providers.ts";
import { same } from "../domains.ts";
import type { Path } from "../problems.ts";
import { type AccountRule, at, relayHosts } from "./rule.ts";

const names = (accounts: object | undefined) => Object.keys(accounts ?? {});
const has = (accounts: object | undefined, name: string) => names(accounts).some((key) => same(key, name));

/** Accounts, and whether they are those that the relay hosts need. */
export const loginRules: readonly AccountRule[] = [
  {
    id: "no-user-name",
    finds: ({ provider }, { username, oauth2, byAddress }) =>
      at(
        username === undefined && !byAddress && (oauth2 !== undefined || !(provider && providers[provider].username)),
        "credentials",
        "username",
      ),
    message: "missing",
    change: "give the user name as the provider writes it",
    source: "sasl_passwd: a line without a user name logs nobody in",
  },
  {
    id: "user-name-of-provider",
    finds: ({ provider }, { username }) => {
      const shared = provider && providers[provider].username;
      return at(
        username !== undefined && shared !== undefined && shared !== "password" && username !== shared,
        "credentials",
        "username",
      );
    },
    message: "is not the user name that all customers of this provider share",
    change: "leave `username` out",
    source: "docs/providers.md",
  },
  {
    id: "password-as-user-name",
    finds: (_, { username, password, accounts }) => [
      ...at(username !== undefined && username === password, "credentials", "username"),
      ...Object.entries(accounts ?? {}).flatMap(([name, account]) =>
        at(account.username === account.password, "accounts", name, "username"),
      ),
    ],
    message:
      "is the password, and a user name is kept where everybody can read it: in the stack's file, state and diffs",
    change: "leave `username` out and give `provider`, where a token is both; else give the user name",
    source: "docs/providers.md",
  },
  {
    id: "app-password-with-spaces",
    finds: ({ relayHost }, { password = "" }) => {
      const isShownInGroups = Object.values<Preset>(providers).some(
        ({ host = "", appPassword }) => appPassword === "in groups" && same(host, relayHost.host),
      );
      return at(isShownInGroups && /^[a-z0-9]{4}( [a-z0-9]{4}){3}$/.test(password), "credentials", "password");
    },
    message: "is an app password with the spaces that the provider's page shows in it",
    change: "give it without them",
    source: "docs/providers.md",
  },
  {
    id: "account-twice",
    finds: ({ relayHost }, { accounts }) =>
      names(accounts).flatMap((name) => at(same(name, relayHost.host), "accounts", name)),
    message: "is the account of the relay host, which `credentials` gives",
    change: "leave it out",
    source: "sasl_passwd: of two lines with one key the first counts",
  },
  {
    id: "account-missing",
    finds: (settings, { accounts }) =>
      relayHosts(settings).flatMap(({ server, path }): Path[] => {
        const sender = path[0] === "senderDependent" ? String(path[1]) : "";
        const hasAccount =
          same(server.host, settings.relayHost.host) || has(accounts, server.host) || has(accounts, sender);
        return at(!hasAccount, ...path);
      }),
    message: "is another server, and has no account, so it would get the password of `relayHost`",
    change: "give its account in `accounts`, under its name",
    source: "sasl_passwd: looked up by sender, then by next hop",
  },
  {
    id: "account-of-nobody",
    finds: (settings, { accounts }) =>
      names(accounts).flatMap((name) => {
        const used = name.includes("@")
          ? Object.keys(settings.senderDependent).some((sender) => same(sender, name))
          : relayHosts(settings).some(({ server }) => same(server.host, name));
        return at(!used, "accounts", name);
      }),
    message: "is neither a relay host in use nor a sender in `senderDependent`",
    change: "correct the name, or leave it out",
    source: "sasl_passwd: looked up by sender, then by next hop",
  },
  {
    id: "sender-account-at-fallback",
    finds: ({ fallback }, { accounts }) =>
      names(accounts).flatMap((name) => at(name.includes("@") && fallback.length > 0, "accounts", name)),
    message: "is the account of a sender, whose password every relay host in `fallback` would get too",
    change: "give accounts by relay host, or leave `fallback` out",
    source: "smtp_sasl_glue.c: the sender's account takes precedence over that of the relay host",
  },
];
