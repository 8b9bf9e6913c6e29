import { expect, test } from "vitest";
import { inOrder, openScriptedWeb, right } from "./scene.ts";

// The log line is read from its fixed parts; nothing in the relay host's reply is taken for one of them.
const { server, host, steps } = await openScriptedWeb();

const green: string[] = [
  "250 2.0.0 Ok: queued relay=mx7.internal",
  "250 2.0.0 accepted relay=gw2.example.test, status=queued",
  "250 2.0.0 Ok status=deferred (later)",
  "250 2.0.0 Ok dsn=4.7.1 relay=local, delay=3, status=bounced (no)",
  "250 2.0.0 to=<ops@example.org>, relay=none, delay=0.1, delays=0/0/0/0.1, dsn=5.0.0, status=bounced (unknown user)",
  "250 2.0.0 Ok (status=sent (250 ok)) ) (",
  "250 Ok, no code, relay=a[192.0.2.1]:25",
  "250 2.0.0 Ok forwarded as 4ABCDEF012345",
  "250 2.0.0 Ok: queued as C:\\new\\cat.eml",
  `250 2.0.0 Ok \xe9\xe8 relay=\xff "quoted" \\ back`,
];

test.each(green)("%s: green", async (answer) => {
  server.set({ end: answer });
  const run = await steps.up({ domain: `answer-${green.indexOf(answer)}.example.com` });
  expect(run.code, run.text).toBe(0);
  const { report } = run.results.at(-1) ?? {};
  expect(report).toMatchObject({ status: "sent", relay: expect.stringContaining(`${server.host}[`) });
  expect(report?.dsn).toMatch(/^2\./);
  // The report has the reply as it is; whether it has what is not ASCII depends on the log.
  const words = answer.slice(0, 250).replace(/ *\P{ASCII}.*/u, "");
  expect(report?.answer).toContain(words);
  expect(server.messages).toMatchObject([{ accepted: true }]);
  expect(await inOrder(host)).toBe(true);
});

test("a relay host that repeats the login in base64, and paints: neither is shown", async () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const forms = [right.password, `\0${right.username}\0${right.password}`].map(base64);
  server.set({ end: `550 5.7.1 ${forms.join(" ")} <{%fg 1%}> \u001b[2J \u202e no` });
  const run = await steps.up({ domain: "repeats.example.com" });
  expect(run.code, run.text).toBe(69);
  expect(run.text).toMatch(/550 5\.7\.1 \[secret\] \[secret\] <\{ %fg 1%\}> /);
  for (const form of forms) expect(run.text).not.toContain(form.replace(/=+$/, ""));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  expect(run.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

const red: string[] = [
  "550 5.7.1 refused, status=sent (250 2.0.0 Ok)",
  "554 5.7.1 relay=mx7.internal, dsn=2.0.0, status=sent (ok)",
  "550 5.7.60 CORP\\cronjob\\0 has no permission to send as this",
];

test.each(red)("%s: red, with this answer", async (answer) => {
  server.set({ end: answer });
  const run = await steps.up({ domain: `red-${red.indexOf(answer)}.example.com` });
  expect(run.code, run.text).not.toBe(0);
  expect(run.text).toContain(answer.slice(4, 40));
  expect(await inOrder(host)).toBe(true);
});
