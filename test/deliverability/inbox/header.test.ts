// What the receiver's own judge wrote, in the forms of those who receive most mail, and what it did not write.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsOf, judgementIn } from "../../../src/deliverability/inbox/header.ts";
import { openReader } from "../../../src/deliverability/inbox/reader.ts";

const reader = await openReader();
const judged = (header: string, servers: string[] = []) => judgementIn(`${header.trim()}\n\ntext\n`, servers, reader);

/** How the message left the relay host: what stands below, whoever receives it. */
const RELAY = `Received: from web-1.example.com (web-1.example.com [192.0.2.1])
	by relay.example.net (Postfix) with ESMTPSA id 4ABC
	for <ops@gmail.com>; Mon, 30 Nov 2026 12:00:00 +0000 (UTC)
Authentication-Results: relay.example.net; auth=pass smtp.auth=user; spf=fail; dkim=fail; dmarc=fail
From: postfix-relay on web-1.example.com <ops@example.com>
Subject: Test delivery from web-1.example.com postfixrelay0123`;

const gmail = `Delivered-To: ops@gmail.com
Received: by 2002:a05:7300:2711:b0:102:b94b:2e27 with SMTP id u17csp123456dyk;
        Mon, 30 Nov 2026 04:00:01 -0800 (PST)
X-Received: by 2002:a17:902:e5c9:b0:295 with SMTP id d9443c01a7336-1;
        Mon, 30 Nov 2026 04:00:01 -0800 (PST)
ARC-Authentication-Results: i=1; mx.google.com;
       dkim=fail header.i=@example.com; spf=fail; dmarc=fail
Return-Path: <ops@example.com>
Received: from relay.example.net (relay.example.net. [203.0.113.9])
        by mx.google.com with ESMTPS id d9443c01a7336-2
        for <ops@gmail.com>
        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);
        Mon, 30 Nov 2026 04:00:01 -0800 (PST)
Received-SPF: pass (google.com: domain of ops@example.com designates 203.0.113.9 as permitted sender) client-ip=203.0.113.9;
Authentication-Results: mx.google.com;
       dkim=pass header.i=@example.com header.s=s1 header.b=abc;
       spf=pass (google.com: domain of ops@example.com designates 203.0.113.9 as permitted sender) smtp.mailfrom=ops@example.com;
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com
${RELAY}`;

const icloud = `Received: from p00-icloudmta-asmtp-us-west-1a-60-percent-3 by p00-icloudmta with LMTP id x; Mon, 30 Nov 2026 12:00:02 GMT
Received: from relay.example.net (relay.example.net [203.0.113.9]) by
 p00-icloudmta-smtpin-us-west-1a-100-percent-7.me.com (Postfix) with ESMTPS id x
 for <ops@icloud.com>; Mon, 30 Nov 2026 12:00:02 +0000 (UTC)
Authentication-Results: bimi.icloud.com; bimi=none
Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=example.com
Authentication-Results: dkim-verifier.icloud.com;
	dkim=pass (2048-bit key) header.d=example.com header.i=@example.com
Authentication-Results: spf.icloud.com; spf=softfail (spf.icloud.com: x) smtp.mailfrom=ops@example.com
Received-SPF: softfail client-ip=203.0.113.9; x
${RELAY}`;

const yahoo = `X-Originating-Ip: [203.0.113.9]
Received-SPF: none (domain of example.com does not designate permitted sender hosts)
Authentication-Results: atlas-baseline-production.v2-mail-prod1-gq1.omega.yahoo.com;
 dkim=unknown;
 spf=none smtp.mailfrom=example.com;
 dmarc=unknown header.from=example.com;
X-Apparently-To: ops@yahoo.com; Mon, 30 Nov 2026 12:00:03 +0000
Received: from 127.0.0.1 (EHLO relay.example.net) by 10.248.252.19 with SMTPs
 (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); Mon, 30 Nov 2026 12:00:03 +0000
${RELAY}`;

const milters = `Return-Path: <ops@example.com>
X-Original-To: ops@receiver.com
Received: from mx.receiver.com by mx.receiver.com with LMTP id x for <ops@receiver.com>; Mon, 30 Nov 2026 12:00:03 +0000
Authentication-Results: mx.receiver.com; dmarc=fail (p=none dis=none) header.from=example.com
Authentication-Results: mx.receiver.com;
	dkim=none (message not signed) header.d=none
Authentication-Results: mx.receiver.com; spf=none (mailfrom) smtp.mailfrom=example.com (client-ip=203.0.113.9; x)
Received: from relay.example.net (unknown [203.0.113.9])
	by mx.receiver.com (Postfix) with ESMTPS id 4DEF
	for <ops@receiver.com>; Mon, 30 Nov 2026 12:00:03 +0000 (UTC)
${RELAY}`;

const fastmail = `Received: from phl-compute-04.internal (phl-compute-04.phl.internal [10.202.2.44])
	 by sloti22d1t06 (Cyrus 3.13) with LMTPA; Mon, 30 Nov 2026 07:00:01 -0500
Received: from phl-mx-05.internal (phl-mx-05 [10.202.2.204])
	by phl-compute-04.internal (Postfix) with ESMTP id x; Mon, 30 Nov 2026 07:00:01 -0500
Authentication-Results: phl-mx-05.messagingengine.com;
    dkim=pass (2048-bit rsa key sha256) header.d=example.com; dmarc=pass policy.published-domain-policy=none;
    spf=pass smtp.mailfrom=ops@example.com smtp.helo=relay.example.net
Received: from relay.example.net (relay.example.net [203.0.113.9])
	by phl-mx-05.messagingengine.com (Postfix) with ESMTPS id x; Mon, 30 Nov 2026 07:00:01 -0500
${RELAY.replace("by relay.example.net", "by relay.internal")}`;

const microsoft = `Received: from DU0PR01MB0001.eurprd01.prod.outlook.com (2603:10a6:10:1::2) by
 DB9PR01MB0002.eurprd01.prod.outlook.com with HTTPS; Mon, 30 Nov 2026 12:00:05 +0000
Received: from DU0P01CA0003.eurprd01.prod.outlook.com (2603:10a6:1::3) by
 DU0PR01MB0001.eurprd01.prod.outlook.com with Microsoft SMTP Server; Mon, 30 Nov 2026 12:00:05 +0000
Authentication-Results: spf=pass (sender IP is 203.0.113.9)
 smtp.mailfrom=example.com; dkim=none (message not signed)
 header.d=none;dmarc=bestguesspass action=none
 header.from=example.com;compauth=pass reason=109
Received-SPF: Pass (protection.outlook.com: x) receiver=protection.outlook.com; client-ip=203.0.113.9; helo=relay.example.net; pr=C
Received: from relay.example.net (203.0.113.9) by
 DB5PEPF0001.mail.protection.outlook.com (10.167.8.1) with Microsoft SMTP Server; Mon, 30 Nov 2026 12:00:05 +0000
${RELAY}`;

const rows: [who: string, header: string, servers: string[], expected: Partial<ReturnType<typeof judged>>][] = [
  [
    "Gmail",
    gmail,
    ["gmail-smtp-in.l.google.com"],
    { receiver: "mx.google.com", spf: "pass", dkim: "pass", dmarc: "pass" },
  ],
  ["Gmail, without its MX", gmail, [], { receiver: "mx.google.com", spf: "pass", dkim: "pass", dmarc: "pass" }],
  [
    "iCloud",
    icloud,
    ["mx01.mail.icloud.com"],
    { receiver: "bimi.icloud.com", spf: "softfail", dkim: "pass", dmarc: "pass" },
  ],
  ["Yahoo", yahoo, ["mta5.am0.yahoodns.net"], { spf: "none", dkim: "none", dmarc: "none" }],
  ["milters", milters, ["mx.receiver.com"], { receiver: "mx.receiver.com", spf: "none", dkim: "none", dmarc: "fail" }],
  ["Fastmail", fastmail, ["in1-smtp.messagingengine.com"], { spf: "pass", dkim: "pass", dmarc: "pass" }],
  ["Microsoft", microsoft, [], { receiver: "DB9PR01MB0002.eurprd01.prod.outlook.com", spf: "pass", dkim: "none" }],
];

test.each(rows)("%s", (_, header, servers, expected) => {
  expect(judged(header, servers)).toMatchObject({ ...expected, written: true, sentFrom: "203.0.113.9" });
});

describe("what is not the receiver's", () => {
  const none = milters.replace(/^Authentication-Results: mx\.receiver.*\n(\t.*\n)*/gm, "");

  test("none: that of the relay is not taken, nor a forged one in the message", () => {
    const forged = `${none}\nAuthentication-Results: mx.receiver.com; spf=pass; dkim=pass; dmarc=pass`;
    for (const header of [none, forged])
      expect(judged(header, ["mx.receiver.com"])).toMatchObject({
        ...{ written: false, receiver: "mx.receiver.com", spf: "", dkim: "", dmarc: "" },
        ...{ sentFrom: "203.0.113.9", helo: "relay.example.net" },
      });
  });

  test("that of the relay is not taken where it stands above the relay's own line", () => {
    const above = none.replace(
      /^Received: from web-1/m,
      "Authentication-Results: relay.example.net; spf=pass; dmarc=pass\nReceived: from web-1",
    );
    expect(judged(above, ["mx.receiver.com"])).toMatchObject({ written: false, spf: "" });
  });

  test("an own one counts beside a forged one below it, and ARC never does", () => {
    const forged = `${milters}\nAuthentication-Results: mx.receiver.com; spf=pass; dkim=pass; dmarc=pass`;
    expect(judged(forged, ["mx.receiver.com"])).toMatchObject({ dmarc: "fail", spf: "none" });
    const arc = none.replace(
      "Return-Path",
      "ARC-Authentication-Results: i=1; mx.receiver.com; dmarc=pass\nReturn-Path",
    );
    expect(judged(arc, ["mx.receiver.com"])).toMatchObject({ written: false, dmarc: "" });
  });

  test("of several judges at the receiver the topmost one counts", () => {
    const filter = milters.replace(
      "Return-Path: <ops@example.com>",
      `Authentication-Results: mail.mailbox.net; spf=fail; dkim=pass header.d=example.com; dmarc=pass
Received: from mx.receiver.com (mx.receiver.com [198.51.100.3]) by mail.mailbox.net (Postfix); Mon, 30 Nov 2026 12:00:03 +0000`,
    );
    expect(judged(filter, ["mx.receiver.com"])).toMatchObject({
      ...{ receiver: "mail.mailbox.net", spf: "fail", dkim: "pass", dmarc: "pass", sentFrom: "203.0.113.9" },
    });
  });

  test("an address that the client only claims is not where it came from", () => {
    const claimed = milters.replace(
      "from relay.example.net (unknown [203.0.113.9])",
      "from [198.51.100.9] (unknown [203.0.113.9])",
    );
    expect(judged(claimed, ["mx.receiver.com"]).sentFrom).toBe("203.0.113.9");
  });

  test("IPv6", () => {
    const six = milters.replace("[203.0.113.9]", "[IPv6:2001:db8::25]");
    expect(judged(six, ["mx.receiver.com"]).sentFrom).toBe("2001:db8::25");
  });
});

test("fields are unfolded, in their order, and what is none is left out", () => {
  expect(
    fieldsOf("A: 1\r\n 2\r\nno field\r\nB :\r\n\tx\r\n\r\nC: 3\r\n").map(({ name, value }) => [name, value]),
  ).toEqual([
    ["a", "1 2"],
    ["b", "x"],
  ]);
});

test("whatever a message says, it is read to its end", () => {
  const line = fc.oneof(
    fc.constantFrom(...[gmail, icloud, yahoo, microsoft].flatMap((text) => text.split("\n"))),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(fc.domain(), { maxLength: 2 }), (lines, servers) => {
      const found = judgementIn(lines.join("\n"), servers, reader);
      for (const value of [found.receiver, found.spf, found.dkim, found.dmarc, found.sentFrom])
        expect(typeof value).toBe("string");
    }),
  );
});
