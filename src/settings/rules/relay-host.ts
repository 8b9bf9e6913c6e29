import { isIP, isIPv4, isIPv6 } from "node:net";
import { implicitTls } from "../../providers/preset.ts";
import { providers } from "../../providers/providers.ts";
import { same } from "../domains.ts";
import type { Settings } from "../settings.ts";
import { at, type Rule, relayHostsWhere } from "./rule.ts";

const presetOf = ({ provider }: Settings) => (provider ? providers[provider] : undefined);

/** Which server mail goes to, and how. */
export const relayHostRules: readonly Rule[] = [
  {
    id: "relay-is-self",
    finds: (settings) => relayHostsWhere(settings, "host", ({ host }) => same(host, settings.hostname)),
    message: "is the name of this host, which would send its mail to itself in a loop",
    change: "give the name of the provider's server, or another `hostname`",
    source: "postconf(5) relayhost; smtp_connect.c detects the loop on port 25 only",
  },
  {
    id: "mx-of-address",
    finds: (settings) => relayHostsWhere(settings, "lookupMx", ({ host, lookupMx }) => lookupMx && isIP(host) !== 0),
    message: "asks for the MX records of an address, which has none",
    change: "give the name of a domain as host, or leave `lookupMx` out",
    source: "postconf(5) relayhost",
  },
  {
    id: "address-of-other-version",
    finds: (settings) =>
      relayHostsWhere(
        settings,
        "host",
        ({ host }) =>
          (settings.ipVersion === "ipv4" && isIPv6(host)) || (settings.ipVersion === "ipv6" && isIPv4(host)),
      ),
    message: "is an address that `ipVersion` does not allow",
    change: "give an address of that version, or leave `ipVersion` out",
    source: "postconf(5) inet_protocols",
  },
  {
    id: "same-relay-twice",
    finds: ({ relayHost, fallback }) =>
      fallback.flatMap((server, index) => {
        const before = [relayHost, ...fallback.slice(0, index)];
        return at(
          before.some(({ host, port }) => same(host, server.host) && port === server.port),
          "fallback",
          index,
        );
      }),
    message: "is a relay host that was tried before, at the same port",
    change: "give another relay host or port, or leave it out",
    source: "postconf(5) smtp_fallback_relay",
  },
  {
    id: "fallback-changes-back",
    finds: ({ relayHost, fallback }) => {
      const isFirstKind = fallback.map((server) => implicitTls(server) === implicitTls(relayHost));
      return isFirstKind.flatMap((first, index) =>
        at(first && isFirstKind.indexOf(false) < index && isFirstKind.includes(false), "fallback", index),
      );
    },
    message: "is of the kind that was tried first (STARTTLS, or TLS from the first byte), after one of the other kind",
    change: "give all relay hosts of one kind first, then those of the other",
    source: "postconf(5) smtp_tls_wrappermode: a transport has one kind",
  },
  {
    id: "provider-has-other-port",
    finds: (settings) => at(presetOf(settings)?.ports.includes(settings.relayHost.port) === false, "relayHost", "port"),
    message: "is a port that the provider does not have",
    change: "give one of its ports, or leave `port` out",
    source: "docs/providers.md",
  },
  {
    id: "provider-has-other-mechanisms",
    finds: (settings) => {
      const offered = presetOf(settings)?.mechanisms;
      return at(
        offered && settings.mechanisms?.every((wanted) => !offered.includes(wanted.toUpperCase())),
        "mechanisms",
      );
    },
    message: "names none that the provider offers, so nobody could log in",
    change: "give one that it offers, or leave `mechanisms` out",
    source: "docs/providers.md; postconf(5) smtp_sasl_mechanism_filter",
  },
];
