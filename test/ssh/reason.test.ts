import { expect, test } from "vitest";
import { plainReason } from "../../src/ssh/reason.ts";

const failed = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each<[error: unknown, reason: RegExp]>([
  [failed("ECONNREFUSED", "connect ECONNREFUSED 10.232.4.2:22"), /^nothing listens on its SSH port/],
  [failed("ENOTFOUND", "getaddrinfo ENOTFOUND db-1.example.com"), /^its name is not in the DNS$/],
  [failed("EHOSTUNREACH", "connect EHOSTUNREACH 10.232.4.9:22"), /^there is no route to it$/],
  [failed("ECONNRESET", "read ECONNRESET"), /^it has closed the connection$/],
  [new Error("Connection lost before handshake"), /^it has closed the connection$/],
  [new Error("Failed to connect to agent"), /^the SSH agent does not answer/],
  [new Error("no answer within 5 s"), /^no answer within 5 s$/],
  ["odd", /^odd$/],
])("%s", (error, reason) => expect(plainReason(error)).toMatch(reason));
