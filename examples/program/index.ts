import * as pulumi from "@pulumi/pulumi";
import { Relay } from "postfix-relay";

const config = new pulumi.Config();

const relay = new Relay("web-1", {
  connection: {
    host: "203.0.113.10",
    hostKey: "ssh-ed25519 AAAA…", // on the host: cat /etc/ssh/ssh_host_ed25519_key.pub
  },
  domain: "example.com",
  relayHost: { host: "example.sakura.ne.jp" },
  credentials: {
    username: "sample_user@example.sakura.ne.jp",
    password: config.requireSecret("password"),
  },
  sender: "ops@example.com", // one address of yours for all mail; else each host is a sender of its own
  testDelivery: { to: "ops@example.org" },
});

export const delivery = relay.delivery;
