import { beforeAll, describe, expect, test } from "vitest";
import { openWeb } from "../others/scene.ts";
import { etc } from "./changes/change.ts";
import { both, kept, save, settle, undo } from "./fingerprint.ts";

// When a check leaves a fingerprint, and when the next one compares nothing but that. What it must not miss is in
// table.test.ts.
const { host, steps } = await openWeb(() => ({ monitoring: { textfile: "/srv/metrics" } }));

beforeAll(() => host.must(save));

/** Has programs of a comparison note that they were run. */
const spied = ["dpkg-query", "postconf", "sha256sum", "cmp"];
const spy = `for name in ${spied.join(" ")}; do
  printf '#!/bin/sh\\necho %s >> /root/asked\\nexec %s "$@"\\n' $name "$(command -v $name)" > /usr/local/bin/$name
  chmod 755 /usr/local/bin/$name
done`;
const asked = "sort -u /root/asked 2> /dev/null; rm -f /root/asked";

describe("the short way", () => {
  test("is taken when nothing has changed, and says the same", async () => {
    const words = await host.must(`${spy}; ${settle}; ${asked}; ${both}; ${asked}; rm ${kept}; ${both}; ${asked}`);
    await host.run(undo);
    const all = [...spied].sort().join("\n");
    const [reports, ...rest] = words.replaceAll(`${all}\n`, "").split(/(?<=^[01]\n)(?=\{)/m);
    expect([reports, ...rest].every((said) => said === reports)).toBe(true);
    expect(reports).toMatch(/"sync":"yes"/);
    expect(words.startsWith(`${all}\n`)).toBe(true);
    expect(words.endsWith(`${all}\n`)).toBe(true);
    expect(words.split(`${all}\n`)).toHaveLength(3);
  });

  test("is taken when Postfix is stopped, which it tells, and started again", async () => {
    const compared = "sort -u /root/asked 2> /dev/null | grep dpkg; rm -f /root/asked";
    // Its start copies files into the chroot: the next check compares all once.
    const words = await host.must(
      `${spy}; ${settle}; rm -f /root/asked; systemctl stop postfix postfix@-; postrelay check; ${compared}
       systemctl start postfix; ${settle}; rm -f /root/asked; postrelay check > /dev/null; ${compared}`,
    );
    await host.run(undo);
    expect(words).toMatch(/^\{.*Postfix is not running.*\n$/);
  });
});

describe("no fingerprint", () => {
  const there = `ls ${kept}* 2> /dev/null || echo none`;

  test.each([
    ["while a file is younger than the kernel's clock can tell", `touch ${etc}/x; postrelay check > /dev/null`],
    [
      "when a file changes during the comparison",
      `printf '#!/bin/sh\\ntouch -c ${etc}\\nexec /usr/bin/dpkg-query "$@"\\n' > /usr/local/bin/dpkg-query
       chmod 755 /usr/local/bin/dpkg-query; sleep 2.1; postrelay check > /dev/null`,
    ],
    [
      "where find cannot print it",
      `printf '#!/bin/sh\\ncase "$*" in *-printf*) exit 1 ;; esac\\nexec /usr/bin/find "$@"\\n' > /usr/local/bin/find
       chmod 755 /usr/local/bin/find; postrelay check > /dev/null`,
    ],
    [
      "where /run is read-only",
      `unshare -m sh -c 'mount --bind /run /run && mount -o remount,bind,ro /run && postrelay check 2>&1 > /dev/null'`,
    ],
    [
      "where /run is full",
      `mount -o remount,size=$(df --output=used -k /run | tail -n 1)k /run && postrelay check 2>&1 > /dev/null
       code=$?; mount -o remount,size=64m /run; (exit $code)`,
    ],
    ["of a host that has drifted", `chmod 600 ${etc}/main.cf; ! postrelay check > /dev/null`],
  ])("%s", async (_, does) => {
    const words = await host.must(`${settle}; rm ${kept}; ${does} && ${there}`);
    await host.run(`rm -f ${etc}/x; ${undo}`);
    expect(words).toBe("none\n");
  });

  test("that others can read, nor one after destroy", async () => {
    expect(await host.must(`${settle}; stat -c '%a %U' ${kept}*`)).toBe("600 root\n");
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await host.must(there)).toBe("none\n");
  });
});
