import { describe, expect, test } from "vitest";
import { until } from "./index.ts";
import { dial } from "./scripted/dial.ts";
import { openScripted } from "./scripted-tests.ts";
import type { Submission } from "./smtp.ts";

const { lab, server, implicit, send: anybody } = await openScripted();

const user = { username: "us:er", password: "p w\\é" };
const send = (change: Partial<Submission> = {}) => anybody({ user, to: ["b@example.org", "c@example.org"], ...change });

test.each(["PLAIN", "LOGIN"] as const)("takes a message from who logs in with %s", async (mechanism) => {
  server.set();
  const { offers, answer } = await send({ mechanism, text: "Subject: x\n\n.dot\n" });
  expect(offers).toContain("250-AUTH PLAIN LOGIN");
  expect(answer).toBe("250 2.0.0 Ok: queued");
  expect(server.messages).toEqual([
    {
      sender: "a@example.com",
      recipients: ["b@example.org", "c@example.org"],
      text: "Subject: x\n\n.dot\n",
      id: expect.stringMatching(/^\d+\.\d+$/),
      login: user,
      tls: true,
      whole: true,
      accepted: true,
      answered: true,
    },
  ]);
  expect(server.commands).toEqual(["EHLO", "STARTTLS", "EHLO", `AUTH ${mechanism}`, "MAIL", "RCPT", "RCPT", "DATA"]);
});

test("offers no login before TLS", async () => {
  server.set();
  const { offers } = await send({ starttls: false, user: undefined });
  expect(offers).toEqual(["250-scripted.example.test", "250-STARTTLS", "250-8BITMIME", "250 ENHANCEDSTATUSCODES"]);
});

test("gives the scripted replies at each step, and repeats the last one", async () => {
  const answers = ["450 4.2.0 later", "421 4.3.0 gone"];
  const to = ["b@example.org"];
  for (const place of ["greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "end"] as const) {
    server.set({ [place]: [...answers, ""], mechanisms: ["PLAIN", "GSSAPI"] });
    for (const answer of answers) await expect(send({ to }), place).rejects.toThrow(answer);
    for (const _ of "12") await expect(send({ to }), place).rejects.toThrow("Connection closed");
  }
});

test("a message that is refused after its data counts as not accepted", async () => {
  server.set({ end: "554-5.7.1 no\n554 5.7.1 and no" });
  await expect(send()).rejects.toThrow("554-5.7.1 no\n554 5.7.1 and no");
  expect(server.messages).toMatchObject([{ whole: true, accepted: false, answered: true }]);
});

test("changes a reply, and forgets nothing", async () => {
  server.set({ mail: "250 2.1.0 fine" });
  await send();
  server.change({ end: "451 4.3.0 not now" });
  await expect(send()).rejects.toThrow("451 4.3.0 not now");
  expect(server.messages.map(({ accepted }) => accepted)).toEqual([true, false]);
  expect(server.script.mail).toBe("250 2.1.0 fine");
});

test("replies late", async () => {
  server.set({ greeting: { after: 1 } });
  await expect(send({ timeout: 0.5 })).rejects.toThrow(/timeout|never received/i);
  const start = Date.now();
  await send();
  expect(Date.now() - start).toBeGreaterThan(900);
});

test("a message without a recipient that was accepted has no data", async () => {
  server.set({ rcpt: ["550 5.1.1 no", "250 2.1.5 yes", "550 5.1.1 no"] });
  await send();
  await expect(send()).rejects.toThrow("550 5.1.1 no");
  expect(server.messages).toMatchObject([{ recipients: ["c@example.org"] }]);
  const { say, end } = await dial(implicit, lab.ca);
  await say("MAIL FROM:<a@example.com>");
  expect(await say("DATA")).toMatch(/^503 5\.5\.1 /);
  end();
});

test("like Exchange: an answer for each message, with its id", async () => {
  server.set({ like: "exchange" });
  const one = await send();
  const two = await send();
  expect(one.offers).toContain("250-PIPELINING");
  for (const [index, { answer }] of [one, two].entries())
    expect(answer).toMatch(
      new RegExp(`^250 2\\.0\\.0 OK <${server.messages[index]?.id}@ms> \\[Hostname=AM0PR\\w+\\.eurprd`),
    );
  expect(one.answer).not.toBe(two.answer);
});

test("offers what it is told to, or nothing", async () => {
  server.set({ like: "exchange", offers: [], mechanisms: ["PLAIN"] });
  expect((await send()).offers).toEqual(["250-scripted.example.test", "250 AUTH PLAIN"]);
  server.set({ offers: ["DSN"] });
  expect((await send({ starttls: false, user: undefined })).offers).toContain("250 DSN");
});

test("TLS from the first byte", async () => {
  implicit.set();
  const verify = { ca: lab.ca, name: implicit.host };
  const { offers } = await send({ port: 465, starttls: false, verify });
  expect(offers).not.toContain("250-STARTTLS");
  expect(implicit.messages).toMatchObject([{ tls: true, login: user }]);
});

test("without STARTTLS it takes logins in clear", async () => {
  server.set({ clear: true });
  await expect(send()).rejects.toThrow("500 5.5.2");
  expect((await send({ starttls: false })).offers).toContain("250-AUTH PLAIN LOGIN");
  expect(server.messages).toMatchObject([{ tls: false, login: user }]);
});

test.each([
  ["expired-certificate", "certificate has expired"],
  ["foreign-certificate", "unable to verify the first certificate"],
  ["wrong-name", "does not match certificate's altnames"],
] as const)("%s", async (certificate, error) => {
  server.set({ certificate });
  await expect(send()).rejects.toThrow(error);
  expect(server.commands).toEqual(["EHLO", "STARTTLS"]);
  server.change({ certificate: "normal" });
  await send();
});

describe("a message that comes slowly", () => {
  const line = `${"0123456789".repeat(7)}\r\n`;
  const begun = async () => {
    const { say, socket } = await dial(implicit, lab.ca);
    await say("MAIL FROM:<a@example.com>");
    await say("RCPT TO:<b@example.org>");
    expect(await say("DATA")).toMatch(/^354 /);
    return socket;
  };

  test("is whole after its dot, not before, and is cut off where the client is killed", async () => {
    implicit.set({ slow: 100 });
    const socket = await begun();
    const start = Date.now();
    socket.write(line.repeat(20_000)); // 1.4 MB, some 90 chunks
    const [reading] = await until("half of it", () => {
      const [first] = implicit.reading;
      return first && first.text.length > 700_000 && [first];
    });
    // Ten chunks of 64 kB, if they were not smaller in TLS.
    expect(Date.now() - start).toBeGreaterThan(1000);
    expect(reading).toMatchObject({ whole: false, accepted: false });
    expect(implicit.messages).toEqual([]);
    socket.destroy();
    await until("its end", () => implicit.messages.length > 0);
    expect(implicit.messages).toMatchObject([{ whole: false, accepted: false, answered: false }]);
    expect(implicit.messages[0]?.text.length).toBeLessThan(line.length * 20_000);
    expect(implicit.reading.size).toBe(0);

    implicit.set({ slow: 5 });
    const whole = await begun();
    whole.write(`${line.repeat(5000)}.\r\n`); // 0.36 MB, some 22 chunks
    await until("all of it", () => implicit.messages.length > 0);
    expect(implicit.messages).toMatchObject([{ whole: true, accepted: true, answered: true }]);
    expect(implicit.messages[0]?.text).toBe(line.replace("\r", "").repeat(5000));
    whole.destroy();
  });

  test("a dot that is not between CR LF and CR LF is not its end", async () => {
    implicit.set();
    const socket = await begun();
    socket.end("one\n.\ntwo\r\n.");
    await until("its end", () => implicit.messages.length > 0);
    expect(implicit.messages).toMatchObject([{ text: "one\n.\ntwo\n", whole: false, accepted: false }]);
  });

  test("a client that leaves before the answer does not have it", async () => {
    implicit.set({ end: { after: 0.5 } });
    const socket = await begun();
    socket.end("Subject: x\r\n\r\n.\r\n");
    await until("the answer", () => implicit.messages[0]?.accepted);
    expect(implicit.messages).toMatchObject([{ whole: true, accepted: true, answered: false }]);
  });
});
