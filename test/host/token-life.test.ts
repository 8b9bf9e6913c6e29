// How long tokens and what they come from live on a host: when they are renewed, which are kept, and that none is
// shown; in each shell that a host may have.

import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { answers, field, inShells, REFRESH, root, SECRET, stage } from "./token-scene.ts";

describe.each(inShells)("%s", (_, { runs, run, ready, folder }) => {
  runs("a refresh token is a seed: the newest one is used, until another one is given", () => {
    stage({ refreshToken: REFRESH });
    answers({ access_token: "a", refresh_token: "poison.1" });
    ready();
    expect(field("refresh_token")).toBe(REFRESH);
    expect([field("grant_type"), field("client_secret")]).toEqual(["refresh_token", undefined]);
    rmSync(join(folder(), "times"));
    ready();
    expect(field("refresh_token")).toBe("poison.1");
    // Another place or scope is another login with the same seed.
    stage({ refreshToken: REFRESH, scope: "three" });
    answers({ access_token: "a", refresh_token: "poison.2" });
    ready();
    expect(field("refresh_token")).toBe("poison.1");
    stage({ refreshToken: `${REFRESH}x` });
    ready();
    expect(field("refresh_token")).toBe(`${REFRESH}x`);
  });

  runs("killed between an answer and the file of its refresh token: the next one reads the answer", () => {
    stage({ refreshToken: REFRESH });
    answers({ access_token: "a", refresh_token: "poison.1" });
    ready();
    writeFileSync(join(folder(), "answer"), JSON.stringify({ access_token: "b", refresh_token: "poison.2" }));
    rmSync(join(folder(), "times"));
    rmSync(join(root, "asked"));
    ready();
    expect(existsSync(join(root, "asked"))).toBe(false);
    expect(readFileSync(join(folder(), "token"), "utf8")).toBe("login access-token:b\n");
    rmSync(join(folder(), "times"));
    ready();
    expect(field("refresh_token")).toBe("poison.2");
  });

  runs("renewed at half of its life; one that is good for ten minutes will do while the endpoint is silent", () => {
    stage({ clientSecret: SECRET });
    answers({ access_token: "a", expires_in: 3600 });
    ready();
    const due = () => run('if token_due "$login/logins/$(token_names "$state/good")"; then echo due; fi').stdout.trim();
    const now = Math.floor(Date.now() / 1000);
    const times = (begun: number, ends: number) =>
      writeFileSync(join(folder(), "times"), `${now + begun} ${now + ends}\n`);
    for (const [begun, ends, is] of [
      [-10, 3590, ""],
      [-1790, 1810, ""],
      [-1801, 1799, "due"],
      [500, 4000, "due"],
    ] as const) {
      times(begun, ends);
      expect(due(), `${begun} ${ends}`).toBe(is);
    }
    writeFileSync(join(root, "silent"), "");
    times(-3000, 700);
    expect(ready().status).toBe(0);
    times(-3000, 500);
    expect(ready().status).toBe(69);
  });

  runs("what is kept, what goes, and what is behind an address", () => {
    stage({ refreshToken: REFRESH });
    answers({ access_token: "a" });
    ready();
    const first = folder();
    stage({ refreshToken: `${REFRESH}x` });
    ready();
    run('token_keep "$state/good"');
    expect(existsSync(first)).toBe(false);
    expect(existsSync(folder())).toBe(true);
    const seeds = () => run('ls "$login/seeds" | wc -l').stdout.trim();
    expect(seeds()).toBe("1");
    // What the program gives, and was not proven yet: the endpoint may know only what has come from it.
    const second = folder();
    run('mv "$state/good" "$state/staged"; token_keep "$state/good"');
    expect(existsSync(second)).toBe(false);
    expect(seeds()).toBe("1");
    run('mv "$state/staged" "$state/good"; token_keep "$state/nothing"');
    expect(seeds()).toBe("0");
    expect(run('token_shown "$state/good" "127.86.1.1[127.86.1.1]:10587"').stdout).toBe(
      "example.sakura.ne.jp[127.86.1.1]:587\n",
    );
    for (const other of ["smtp.example.net[192.0.2.1]:587", "127.86.1.2[127.86.1.2]:10587", "none"])
      expect(run(`token_shown "$state/good" '${other}'`).stdout).toBe(`${other}\n`);
    expect(run('token_hint "$state/good"').stdout).toBe(
      "The login proxy of this host: 127.86.1.1 is for example.sakura.ne.jp.\n",
    );
  });

  runs("no secret in what is said, whoever repeats it", () => {
    stage({ refreshToken: REFRESH, clientSecret: SECRET });
    answers({ access_token: "poison-access", refresh_token: "poison.newest" });
    ready();
    const said = run(`say '${REFRESH} and ${SECRET.replaceAll("'", "")} and poison.newest and poison-access.'`).stdout;
    expect(said).toBe("postrelay: [secret] and [secret] and [secret] and [secret].\n");
    utimesSync(join(folder(), "token"), 0, 0);
  });
});
