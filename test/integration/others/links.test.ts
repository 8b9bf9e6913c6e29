import { describe, expect, test } from "vitest";
import { arrives, asFound, byHand, openScene, queueEmpty, right, wrong } from "./scene.ts";

// Earlier files are found through any link, and come back as they were; nothing is left held.
const scene = await openScene();

const links: [what: string, name: string, make: string][] = [
  [
    "main.cf is a relative link out of /etc/postfix",
    "relative",
    "mkdir -p /srv/conf && mv main.cf /srv/conf/ && ln -s ../../srv/conf/main.cf main.cf",
  ],
  [
    "main.cf is an absolute link",
    "absolute",
    "mkdir -p /srv/conf && mv main.cf /srv/conf/ && ln -s /srv/conf/main.cf main.cf",
  ],
  [
    "main.cf is a link to a link",
    "chain",
    "mkdir -p /srv/conf && mv main.cf /srv/conf/ && ln -s main.cf /srv/conf/live.cf && ln -s ../../srv/conf/live.cf main.cf",
  ],
  ["main.cf is a link to another file here", "beside", "mv main.cf main.cf.mine && ln -s main.cf.mine main.cf"],
  [
    "main.cf and master.cf are relative links",
    "both",
    "mkdir -p /srv/conf && for f in main master; do mv $f.cf /srv/conf/ && ln -s ../../srv/conf/$f.cf $f.cf; done",
  ],
  [
    "/etc/aliases is a relative link",
    "aliases",
    "mkdir -p /srv/conf && mv /etc/aliases /srv/conf/ && ln -s ../srv/conf/aliases /etc/aliases && newaliases",
  ],
];

test.each(links)("%s: red leaves it, destroy gives it back", async (_, name, make) => {
  const host = await scene.host(name);
  await host.must("echo 'root: admin@example.net' > /etc/aliases && newaliases");
  await byHand(host, scene.relay);
  await host.must(`cd /etc/postfix && ${make} && systemctl restart postfix`);
  const found = () => asFound(host, "/etc/postfix", "/srv", "/etc/aliases");
  const before = await found();
  const steps = scene.steps(host, { credentials: wrong, listen: "none" });
  const red = await steps.up();
  expect(red.code, red.text).not.toBe(0);
  expect(await found(), red.text).toBe(before);
  await arrives(host, scene.relay, `red-${name}@example.org`);

  const green = await steps.up({ credentials: right });
  expect(green.code, green.text).toBe(0);
  await arrives(host, scene.relay, `green-${name}@example.org`);
  expect(await asFound(host, "/srv")).toBe(
    before
      .split("\n")
      .filter((line) => line.startsWith("/srv"))
      .map((line) => `${line}\n`)
      .join(""),
  );

  const destroy = await steps.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await found()).toBe(before);
  expect(await host.must("postconf -h defer_transports soft_bounce")).toBe("\nno\n");
  await arrives(host, scene.relay, `after-${name}@example.org`);
  await queueEmpty(host);
});

describe("Postfix is there, but not enabled", () => {
  const rows: [what: string, name: string, command: string, active: string][] = [
    ["disabled and stopped", "stopped", "systemctl --quiet disable --now postfix", "inactive"],
    ["disabled, and running", "running", "systemctl --quiet disable postfix", "active"],
  ];
  test.each(rows)(
    "%s: enabled after `up`, runs after a boot, and destroy gives it back",
    async (_, name, command, active) => {
      const host = await scene.handMade(name);
      await host.must(command);
      const unit = () =>
        host
          .must("systemctl is-enabled postfix; systemctl is-active postfix; :")
          .then((text) => text.trim().split("\n"));
      expect(await unit()).toEqual(["disabled", active]);
      const steps = scene.steps(host, { credentials: wrong });
      expect(await steps.up()).not.toMatchObject({ code: 0 });
      expect(await unit()).toEqual(["disabled", active]);
      const green = await steps.up({ credentials: right });
      expect(green.code, green.text).toBe(0);
      expect(await unit()).toEqual(["enabled", "active"]);
      await host.reboot();
      await arrives(host, scene.relay, `boot-${name}@example.org`);
      expect(await steps.up({ domain: "second.example.com" })).toMatchObject({ code: 0 });
      expect(await unit()).toEqual(["enabled", "active"]);
      const destroy = await steps.destroy();
      expect(destroy.code, destroy.text).toBe(0);
      expect((await unit())[0]).toBe("disabled");
    },
  );
});
