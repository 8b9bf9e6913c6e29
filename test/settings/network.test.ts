import { BlockList } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, networkOf } from "../../src/settings/fields/network.ts";

test.each([
  ["172.17.0.1/16", "172.17.0.0/16"],
  ["10.1.2.3/12", "10.0.0.0/12"],
  ["192.168.1.6/30", "192.168.1.4/30"],
  ["fd00:1:2:3:4:5:6:7/61", "fd00:1:2::/61"],
  ["FD12:3456::1/064", "fd12:3456::/64"],
  ["fd00::0:1.2.3.4/126", "fd00::102:304/126"],
])("the network of %s is %s", (bridge, network) => expect(networkOf(bridge)).toBe(network));

test("a network has its bridge in it, and begins with itself", () => {
  const part = fc.nat({ max: 0xffff }).map((part) => part.toString(16));
  const address = fc.array(part, { minLength: 7, maxLength: 7 }).map((parts) => ["fd00", ...parts].join(":"));
  fc.assert(
    fc.property(address, fc.integer({ min: 48, max: 126 }), (address, size) => {
      const [first = ""] = networkOf(`${address}/${size}`).split("/");
      const network = new BlockList();
      network.addSubnet(first, size, "ipv6");
      expect(network.check(address, "ipv6")).toBe(true);
      expect(networkOf(`${first}/${size}`)).toBe(`${canonical(first)}/${size}`);
    }),
  );
});
