import { implicitTls } from "../../providers/preset.ts";
import type { Settings } from "../../settings/settings.ts";
import { path } from "../files.ts";
import { escapeDollars, type Row } from "./row.ts";

const SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt";

const LEVELS = {
  secure: ["secure", "No mail and no password without TLS and a certificate for the relay host's name."],
  encrypted: ["encrypt", "No mail and no password without TLS; the certificate is not checked."],
  fingerprint: ["fingerprint", "No mail and no password without TLS and one of these fingerprints."],
} as const;

/** The protection of the connection to the relay host. */
export const tls = ({ relayHost, tls: { level, fingerprints, certificateNames }, caCertificate }: Settings): Row[] => [
  ["smtp_tls_security_level", ...LEVELS[level]],
  ["smtp_tls_fingerprint_digest", fingerprints && "sha256", "MD5, the default of old releases, can be forged."],
  [
    "smtp_tls_fingerprint_cert_match",
    fingerprints?.join(" "),
    "Of certificates, or of their public keys, that relay hosts may have.",
  ],
  [
    "smtp_tls_secure_cert_match",
    certificateNames && escapeDollars(certificateNames.join(", ")),
    "A certificate must have one of these names instead of the relay host's.",
  ],
  ["smtp_tls_wrappermode", implicitTls(relayHost) ? "yes" : undefined, "This port speaks TLS from the first byte."],
  [
    "smtp_tls_CAfile",
    caCertificate ? path("ca") : SYSTEM_CA,
    "Trusted authorities. A file, since a folder would have to be copied into the chroot.",
  ],
  ["smtp_tls_mandatory_protocols", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1", "TLS 1.2 or later, as Postfix 3.5 writes it."],
  ["smtp_tls_loglevel", "1", "The log says with whom TLS was spoken and whether it was verified."],
];
