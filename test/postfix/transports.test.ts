import { expect, test } from "vitest";
import { mainCf } from "../../src/postfix/main-cf.ts";
import { masterEdits } from "../../src/postfix/transports.ts";
import { settings } from "../support/args.ts";

const first = { host: "a.example.net" };
const second = { host: "b.example.net", port: 465 };
const third = { host: "c.example.net", port: 465 };

/** What main.cf says about fallback, and the changes of master.cf. */
function routes(values: Record<string, unknown>) {
  const mail = settings(values);
  const [fallback] = /^smtp_fallback_relay = .*$/m.exec(mainCf("o", mail)) ?? [];
  return [fallback, masterEdits(mail)?.split("\n").filter(Boolean)];
}

test("nothing to change in master.cf", () => {
  expect(routes({})).toEqual([undefined, undefined]);
  expect(routes({ relayHost: first, fallback: [{ host: "b.example.net" }, { host: "c.example.net" }] })).toEqual([
    "smtp_fallback_relay = [b.example.net]:587, [c.example.net]:587",
    undefined,
  ]);
});

test("relay hosts of the other kind have a transport of their own", () => {
  expect(routes({ relayHost: first, fallback: [{ host: "d.example.net" }, second, third] })).toEqual([
    "smtp_fallback_relay = [d.example.net]:587, [127.0.0.1]:10625",
    [
      "M smtps/unix = smtps unix - - y - - smtp -o smtp_tls_wrappermode=yes -o smtp_fallback_relay=[c.example.net]:465",
      "M 127.0.0.1:10625/inet = 127.0.0.1:10625 inet n - y - - smtpd -o content_filter=smtps:[b.example.net]:465" +
        " -o mynetworks=127.0.0.0/8 -o smtpd_relay_restrictions=permit_mynetworks,reject" +
        " -o receive_override_options=no_address_mappings,no_header_body_checks,no_unknown_recipient_checks",
    ],
  ]);
});

test("the way back to this host speaks TLS where the first transport does", () => {
  const [, edits = []] = routes({ relayHost: second, fallback: [first] });
  expect(edits[0]).toMatch(/^M starttls\/unix .* -o smtp_tls_wrappermode=no -o smtp_fallback_relay=$/);
  expect(edits[1]).toMatch(/ -o smtpd_tls_security_level=encrypt .* -o smtpd_tls_cert_file=none$/);
});

test("a sender of the other kind needs the transport alone", () => {
  const [fallback, edits] = routes({ relayHost: first, senderDependent: { "@example.org": second } });
  expect([fallback, edits?.length]).toEqual([undefined, 1]);
});

test("who may submit mail", () => {
  const insiders =
    " -o smtpd_client_restrictions=permit_mynetworks,reject -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_delay_reject=no";
  expect(masterEdits(settings({ listen: "none", bridges: ["172.17.0.1/16", "fd00::1/64"] }))).toBe(
    "X smtp/inet\n" +
      `M 172.17.0.1:25/inet = 172.17.0.1:25 inet n - y - - smtpd${insiders}\n` +
      `M [fd00::1]:25/inet = [fd00::1]:25 inet n - y - - smtpd${insiders}\n`,
  );
});
