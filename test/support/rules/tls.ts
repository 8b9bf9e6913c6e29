import { type Cases, FINGERPRINT } from "./case.ts";

export const tls: Cases = {
  "address-has-no-certificate": {
    refused: [
      [{ "relayHost.host": "192.0.2.25" }, "relayHost.host"],
      [{ "relayHost.host": "2001:db8::25", "tls.level": "secure" }, "relayHost.host"],
    ],
    accepted: [
      [{ "relayHost.host": "192.0.2.25", "tls.level": "encrypted" }],
      [{ "relayHost.host": "192.0.2.25", "tls.certificateNames": ["smtp.example.net"] }],
      [{ "relayHost.host": "192.0.2.25", "tls.fingerprints": [FINGERPRINT] }],
    ],
  },
  "no-fingerprints": {
    refused: [[{ "tls.level": "fingerprint" }, "tls.level"]],
    accepted: [[{ tls: { level: "fingerprint", fingerprints: [FINGERPRINT] } }]],
  },
  "fingerprints-ignored": {
    refused: [
      [{ tls: { level: "secure", fingerprints: [FINGERPRINT] } }, "tls.fingerprints"],
      [{ tls: { level: "encrypted", fingerprints: [FINGERPRINT] } }, "tls.fingerprints"],
    ],
    accepted: [[{ tls: { fingerprints: [FINGERPRINT] } }]],
  },
  "names-ignored": {
    refused: [
      [{ tls: { level: "encrypted", certificateNames: ["smtp.example.net"] } }, "tls.certificateNames"],
      [{ tls: { fingerprints: [FINGERPRINT], certificateNames: ["smtp.example.net"] } }, "tls.certificateNames"],
    ],
    accepted: [[{ tls: { level: "secure", certificateNames: ["smtp.example.net"] } }]],
  },
};
