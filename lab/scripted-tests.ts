// Scripted servers and who sends to them, for the tests of these servers.
import { afterAll } from "vitest";
import { openLab } from "./index.ts";
import { Scripted } from "./scripted.ts";
import { type Submission, submit } from "./smtp.ts";

/** Two servers for the tests of a file: one with STARTTLS, and one that begins with TLS. */
export async function openScripted() {
  const lab = await openLab();
  afterAll(() => lab.close());
  const server = await Scripted.open(lab);
  afterAll(() => server.close());
  const implicit = await Scripted.open(lab, "implicit", 465, { implicit: true });
  afterAll(() => implicit.close());

  /** Sends a message to the first one, over TLS and without a login; `change` is what is other. */
  function send(change: Partial<Submission> = {}) {
    const verify = { ca: lab.ca, name: server.host };
    const usual = { address: server.address, port: server.port, starttls: true, verify };
    return submit({ ...usual, from: "a@example.com", to: ["b@example.org"], ...change });
  }

  return { lab, server, implicit, send };
}
