import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, openLab } from "./index.ts";
import { Scripted } from "./scripted.ts";
import { type Submission, submit } from "./smtp.ts";

let lab: Lab;
let server: Scripted;
beforeAll(async () => {
  lab = await openLab();
  server = await Scripted.open(lab);
});
afterAll(async () => {
  await server?.close();
  await lab?.close();
});

const user = { username: "us:er", password: "p w\\é" };
function send(change: Partial<Submission> = {}) {
  const verify = { ca: lab.ca, name: server.host };
  const usual = { address: server.address, port: server.port, starttls: true, verify, user };
  return submit({ ...usual, from: "a@example.com", to: ["b@example.org", "c@example.org"], ...change });
}

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
      login: user,
      tls: true,
      accepted: true,
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
  expect(server.messages).toMatchObject([{ accepted: false }]);
});

test("replies late", async () => {
  server.set({ greeting: { after: 1 } });
  await expect(send({ timeout: 0.5 })).rejects.toThrow(/timeout|never received/i);
  const start = Date.now();
  await send();
  expect(Date.now() - start).toBeGreaterThan(900);
});
