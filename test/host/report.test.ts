import { describe, expect, test } from "vitest";
import { deliveryOf, postfixVersionOf, warningsOf } from "../../src/host/report.ts";

const sent = {
  status: "sent",
  relay: "relay.example.net[192.0.2.1]:587",
  dsn: "2.0.0",
  queueId: "4ABC",
  answer: '250 ok {"postrelay":"x"}',
  seconds: 0.5,
  at: "2026-11-30T15:04:05Z",
};
const line = JSON.stringify({ postrelay: "deliver", ...sent, unproven: ["fallback[0] [b.example.net]:587"], kept: [] });
const expected = { ...sent, unproven: ["fallback[0] [b.example.net]:587"] };
const none = { status: "unknown", relay: "", dsn: "", queueId: "", answer: "", seconds: 0, at: "", unproven: [] };

describe("the report is found", () => {
  test.each([
    ["alone", line],
    ["after a greeting", `Welcome to web-1\n${line}`],
    ["after a greeting without an end of line", `hello${line}`],
    ["after the title of a terminal", `\u001b]0;root@web-1\u0007${line}\r\n`],
    ["before what a log-out file prints", `${line}\nbye\n{"status":"away"}\n`],
    ["after one of an earlier try", `${line.replace("4ABC", "4OLD")}\n${line}`],
    ["beside one that is cut off", `${line}\n{"postrelay":"del`],
  ])("%s", (_, stdout) => {
    expect(deliveryOf(stdout)).toEqual(expected);
  });
});

test.each([
  undefined,
  "",
  "Welcome",
  "{}",
  "null",
  "[1]",
  '{"status":1}',
  '{"postrelay":"deliver"}',
  JSON.stringify(sent),
  '{"postfixVersion":"3.7.11"}',
])("%j holds no report, and that is no crash", (stdout) => {
  expect([deliveryOf(stdout), postfixVersionOf(stdout)]).toEqual([none, ""]);
  const warnings = (step: "delivery" | "packages" | "main-cf") => warningsOf(step, stdout).events;
  expect([warnings("delivery"), warnings("packages"), warnings("main-cf")]).toEqual([
    ["No report was found in what -delivery printed on the host."],
    ["No report was found in what -packages printed on the host."],
    [],
  ]);
});

test("the warnings of a host, one text for each kind", () => {
  const ends = '{"postrelay":"start","ends":["port 25 of 192.0.2.1","mail to example.net"]}';
  expect(warningsOf("service", ends).events).toEqual([
    "What the host's own Postfix does besides sending mail ends with this configuration:\n  port 25 of 192.0.2.1\n  mail to example.net",
  ]);
  const both = JSON.stringify({
    postrelay: "deliver",
    ...sent,
    unproven: ["fallback[0] x"],
    kept: ["main.cf in /var"],
  });
  expect(warningsOf("delivery", both)).toEqual({
    states: ["Not all was proven, and mail that depends on this may wait or be lost:\n  fallback[0] x"],
    events: ["These files were replaced; copies are on the host:\n  main.cf in /var"],
  });
  const quiet = JSON.stringify({ postrelay: "deliver", ...sent, unproven: [], kept: [] });
  expect(warningsOf("delivery", quiet)).toEqual({ states: [], events: [] });
});
