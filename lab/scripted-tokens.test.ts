import { expect, test } from "vitest";
import { dial } from "./scripted/dial.ts";
import { real } from "./scripted.ts";
import { openScripted } from "./scripted-tests.ts";

const { lab, server, implicit, send } = await openScripted();

const name = "ops,team=1@example.com";
const right = { username: name, token: `eyJ0.${"x".repeat(3000)}.sig` };
const wrong = { username: name, token: "eyJ0.expired" };
const tokens = (token: string, username: string) => token === right.token && username === name;

test.each([
  ["XOAUTH2", true],
  ["XOAUTH2", false],
  ["OAUTHBEARER", true],
  ["OAUTHBEARER", false],
] as const)("%s, initial response %s: only the right one is taken", async (mechanism, initial) => {
  for (const like of [undefined, "exchange", "google"] as const) {
    server.set({ tokens, like });
    const { offers } = await send({ user: right, mechanism, initial });
    expect(offers).toContain("250-AUTH XOAUTH2 OAUTHBEARER");
    expect(server.messages).toMatchObject([{ login: right, whole: true, accepted: true }]);
    const reply = like === "google" ? real.google : real.refused;
    await expect(send({ user: wrong, mechanism, initial })).rejects.toThrow(reply);
    await expect(send({ user: { ...right, username: "other@example.com" }, mechanism })).rejects.toThrow(reply);
    await expect(send({})).rejects.toThrow("530 5.7.57");
    expect(server.messages.length).toBe(1);
  }
});

test("a mechanism that is not offered is not taken", async () => {
  server.set({ tokens, mechanisms: ["XOAUTH2"] });
  await expect(send({ user: right, mechanism: "OAUTHBEARER" })).rejects.toThrow("504 5.7.4");
  await expect(send({ user: { username: name, password: "x" } })).rejects.toThrow("504 5.7.4");
  await send({ user: right });
});

test("words of real services, and connections that end, at each step of a login", async () => {
  for (const auth of [real.disabled, real.busy]) {
    server.set({ tokens, like: "exchange", auth });
    await expect(send({ user: right })).rejects.toThrow(auth);
  }
  for (const place of ["challenge", "auth"]) {
    server.set({ tokens, like: "exchange", [place]: "" });
    await expect(send({ user: right, initial: false }), place).rejects.toThrow("Connection closed");
    expect(server.commands.at(-1)).toBe("AUTH XOAUTH2");
  }
});

const xoauth2 = ({ username, token }: typeof right) =>
  Buffer.from(`user=${username}\x01auth=Bearer ${token}\x01\x01`).toString("base64");

test("the challenge is `334 ` with a space, or what the script says", async () => {
  implicit.set({ tokens, like: "exchange" });
  const { say, end } = await dial(implicit, lab.ca);
  expect(await say("AUTH XOAUTH2")).toBe("334 \r\n");
  expect(await say("*")).toMatch(/^501 /);
  implicit.change({ challenge: "334" });
  expect(await say("AUTH XOAUTH2")).toBe("334\r\n");
  expect(await say(xoauth2(right))).toBe("235 2.7.0 Authentication successful\r\n");
  for (const odd of ["", xoauth2(right).slice(0, 200), Buffer.from(`user=${name}`).toString("base64")])
    expect(await say(`AUTH XOAUTH2 ${odd || "="}`), odd).toMatch(/^501 5\.5\.2/);
  end();
});

test.each(["", "AQ=="])("Google says in JSON why, and waits for %j", async (empty) => {
  implicit.set({ tokens, like: "google" });
  const { say, end } = await dial(implicit, lab.ca);
  const [code, challenge = ""] = (await say(`AUTH XOAUTH2 ${xoauth2(wrong)}`)).split(" ");
  expect(code).toBe("334");
  expect(JSON.parse(Buffer.from(challenge, "base64").toString())).toMatchObject({ status: "400" });
  expect(await say(empty)).toMatch(/^535-5\.7\.8 .*\r\n535 5\.7\.8 /);
  expect(await say(`AUTH XOAUTH2 ${xoauth2(right)}`)).toBe("235 2.7.0 Accepted\r\n");
  end();
});
