// What is known of the services, and how what a login needs is asked for.

import { expect, test } from "vitest";
import { consentPresets } from "../../src/cli/oauth-consent.ts";
import { tokenPath } from "../../src/cli/oauth-place.ts";
import { login } from "./oauth-scene.ts";

test("the whole message: problems, lines, and that nothing was written; before an endpoint is asked", async () => {
  const { code, err, written } = await login([], { config: { provider: "microsoft365" } });
  expect({ code, written }).toEqual({ code: 64, written: [] });
  expect(err).toBe(`\
stack prod lacks what a login needs:
  postfix-relay:credentials.oauth2: missing: the account has no \`oauth2\`
These lines are missing in Pulumi.prod.yaml:

config:
  postfix-relay:credentials:
    username: MAILBOX
    oauth2:
      clientId: CLIENT-ID

nothing was written`);
  expect(await login(["--stack", "prdo"], { config: {} })).toMatchObject({
    code: 64,
    err: "there is no stack prdo; did you mean prod? known here: prod, dev\nnothing was written",
  });
});

test("the path of the token", () => {
  expect(tokenPath(["accounts", "a@b.example"])).toBe('postfix-relay:accounts["a@b.example"].oauth2.refreshToken');
  expect(tokenPath(["hosts", 0, "credentials"])).toBe("postfix-relay:hosts[0].credentials.oauth2.refreshToken");
});

test("each preset has what its service needs", () => {
  for (const { service, scope, tokenEndpoint } of Object.values(consentPresets)) {
    expect(tokenEndpoint).toMatch(service.known);
    expect(service.authorizeEndpoint(tokenEndpoint)).toMatch(/^https:\/\//);
    expect(service.deviceEndpoint(tokenEndpoint) !== undefined).toBe(service.flow === "device");
    if (service.offlineScope) expect(scope.split(" ")).toContain(service.offlineScope);
  }
});
