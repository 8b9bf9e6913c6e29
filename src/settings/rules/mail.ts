import { domainOf, localDomains, same } from "../domains.ts";
import { isDomain, sentAs, someoneAt } from "../senders.ts";
import type { Settings } from "../settings.ts";
import { at, type Rule } from "./rule.ts";

/** Whether mail to this alias or address ends at the local user. */
const isUser = (target: string, user: string, domains: readonly string[]) =>
  same(target, user) || domains.some((domain) => same(target, `${user}@${domain}`));

/** Users that an alias leads to, through others. */
function reachableUsers(
  aliases: Readonly<Record<string, readonly string[]>>,
  from: string,
  seen: string[] = [],
): string[] {
  for (const target of Object.hasOwn(aliases, from) ? (aliases[from] ?? []) : []) {
    if (seen.includes(target)) continue;
    seen.push(target);
    reachableUsers(aliases, target, seen);
  }
  return seen;
}

/** How many seconds all waits of a proof may take together: the second Postfix ends after 900. */
export const PROOF_SECONDS = 840;

/** How many times the proof may wait: for the message, for each fallback, and for all further senders at once. */
const waits = (settings: Settings) => 1 + settings.fallback.length + (hasSenders(settings) ? 1 : 0);

/** Whether there are senders besides that of the test message; cron's, root, is one. */
function hasSenders(settings: Settings): boolean {
  const { senderDependent, sender, senders, testDelivery, hostname } = settings;
  if (sender || [senderDependent, senders].some((all) => Object.keys(all).length > 0)) return true;
  return !same(testDelivery.from, `root@${hostname}`);
}

/** Senders, recipients and what stays on the host. */
export const mailRules: readonly Rule[] = [
  {
    id: "hostname-takes-domain",
    finds: ({ hostname, domain, ownDomainMail }) => at(ownDomainMail === "relay" && same(hostname, domain), "hostname"),
    message: "is the domain itself, so mail to the domain would stay on this host",
    change: "give the host a name of its own, such as web-1.example.com, or set `ownDomainMail` to local",
    source: "postconf(5) mydestination",
  },
  {
    id: "hostname-of-debian",
    finds: ({ hostname }) => at(/^(debian\.org|ubuntu\.com)$/i.test(hostname), "hostname"),
    message: "is a name with which Debian's Postfix does not start",
    change: "give the host a name of its own",
    source: "postfix-script of Debian's package: Invalid $myorigin",
  },
  {
    id: "test-stays-local",
    finds: (settings) =>
      at(
        localDomains(settings).some((domain) => same(domain, domainOf(settings.testDelivery.to))),
        "testDelivery",
        "to",
      ),
    message: "is on this host, so the test message would prove nothing",
    change: "give a mailbox behind the relay host",
    source: "postconf(5) mydestination",
  },
  {
    id: "test-takes-too-long",
    finds: (settings) =>
      at(settings.testDelivery.timeoutSeconds * waits(settings) > PROOF_SECONDS, "testDelivery", "timeoutSeconds"),
    message:
      `asks for more than the ${PROOF_SECONDS} seconds that a host gives a proof: they may pass for the message, ` +
      "for each relay host in `fallback`, and once more where senders are given",
    change: "give fewer seconds",
    source: "limit of the host tool",
  },
  {
    id: "test-leaves-elsewhere",
    finds: (settings) => {
      const from = sentAs(settings, settings.testDelivery.from);
      const keys = Object.keys(settings.senderDependent);
      return at(
        keys.some((key) => same(key, from) || same(key, `@${domainOf(from)}`)),
        "testDelivery",
        "from",
      );
    },
    message: "is a sender that `senderDependent` has a relay host for, so the test would not prove `relayHost`",
    change: "give a sender whose mail leaves by `relayHost`",
    source: "postconf(5) sender_dependent_relayhost_maps",
  },
  {
    id: "sender-stands-for-itself",
    finds: ({ senders }) => Object.entries(senders).flatMap(([from, to]) => at(same(from, to), "senders", from)),
    message: "is the sender that it would replace",
    change: "give another address to send as, or leave it out",
    source: "canonical(5)",
  },
  {
    id: "sender-leads-on",
    finds: (settings) => {
      const { sender = "", senders } = settings;
      const all = Object.entries(senders).map(([from, to]) => ({ from, to, path: ["senders", from] }));
      return [...all, { from: "", to: sender, path: ["sender"] }].flatMap(({ from, to, path }) => {
        const keys = Object.keys(senders).filter((key) => isUser(to, key, localDomains(settings)));
        return at(
          keys.some((key) => !same(key, from)),
          ...path,
        );
      });
    },
    message: "leads to a sender that is itself rewritten and would become another one",
    change: "give the final address",
    source: "cleanup(8): canonical rewriting is repeated until nothing changes",
  },
  {
    id: "sender-hides-others",
    finds: ({ sender, senders, senderDependent }) => {
      const sentAsThese = sender ? [sender, ...Object.values(senders)] : [];
      return Object.keys(senderDependent).flatMap((key) =>
        at(
          sender !== undefined && !sentAsThese.some((to) => same(key, to) || same(key, `@${domainOf(to)}`)),
          "senderDependent",
          key,
        ),
      );
    },
    message: "is never a sender, since all other mail is sent as `sender`",
    change: "give the address that is sent as, or leave `sender` out",
    source: "ADDRESS_REWRITING_README: the relay host is chosen after canonical rewriting",
  },
  {
    id: "sender-is-rewritten",
    finds: (settings) => {
      const { sender, senders, senderDependent } = settings;
      const sentAsThese = Object.values(senders);
      const isNever = (key: string) =>
        isDomain(key)
          ? someoneAt(settings, key) === undefined && !sentAsThese.some((to) => same(`@${domainOf(to)}`, key))
          : !same(sentAs(settings, key), key);
      return Object.keys(senderDependent).flatMap((key) =>
        at(sender === undefined && isNever(key), "senderDependent", key),
      );
    },
    message: "is never a sender, since `senders` gives another address for it",
    change: "give the address that is sent as, or leave it out of `senders`",
    source: "ADDRESS_REWRITING_README: the relay host is chosen after canonical rewriting",
  },
  {
    id: "root-alias-twice",
    finds: ({ rootAlias, aliases }) => at(rootAlias !== undefined && Object.hasOwn(aliases, "root"), "aliases", "root"),
    message: "is an alias that `rootAlias` gives too",
    change: "give only one of them",
    source: "aliases(5)",
  },
  {
    id: "alias-leads-back",
    finds: (settings) =>
      Object.entries(settings.allAliases).flatMap(([user, targets]) => {
        const back = [...targets, ...reachableUsers(settings.allAliases, user)];
        const path = user === "root" && settings.rootAlias ? ["rootAlias"] : ["aliases", user];
        return at(
          back.some((target) => isUser(target, user, localDomains(settings))),
          ...path,
        );
      }),
    message: "leads back to the same user, whose mailbox on the host would get the mail",
    change: "give an address elsewhere, or another user",
    source: "local(8): an alias to itself is delivered to the mailbox",
  },
];
