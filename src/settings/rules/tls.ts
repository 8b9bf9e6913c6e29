import { isIP } from "node:net";
import { at, type Rule, relayHostsWhere } from "./rule.ts";

/** The proof of who a relay host is. */
export const tlsRules: readonly Rule[] = [
  {
    id: "address-has-no-certificate",
    finds: (settings) =>
      settings.tls.level === "secure" && !settings.tls.certificateNames
        ? relayHostsWhere(settings, "host", ({ host }) => isIP(host) !== 0)
        : [],
    message: "is an address, and a certificate is checked against a name",
    change: "give the relay host's name, or `tls.certificateNames`, `tls.fingerprints` or `tls.level` encrypted",
    source: "TLS_README, secure server certificate verification",
  },
  {
    id: "no-fingerprints",
    finds: ({ tls }) => at(tls.level === "fingerprint" && !tls.fingerprints, "tls", "level"),
    message: "is fingerprint, and there is none, so no relay host could be trusted",
    change: "give `tls.fingerprints`, or another level",
    source: "postconf(5) smtp_tls_fingerprint_cert_match",
  },
  {
    id: "fingerprints-ignored",
    finds: ({ tls }) => at(tls.fingerprints && tls.level !== "fingerprint", "tls", "fingerprints"),
    message: "is ignored with this `tls.level`",
    change: "give the level fingerprint or none, or leave the fingerprints out",
    source: "postconf(5) smtp_tls_security_level",
  },
  {
    id: "names-ignored",
    finds: ({ tls }) => at(tls.certificateNames && tls.level !== "secure", "tls", "certificateNames"),
    message: "is ignored with this `tls.level`",
    change: "give the level secure or none, or leave the names out",
    source: "postconf(5) smtp_tls_secure_cert_match",
  },
];
