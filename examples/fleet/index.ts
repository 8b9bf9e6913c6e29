import * as pulumi from "@pulumi/pulumi";
import { RelayFleet } from "postfix-relay";

const config = new pulumi.Config();

const common = {
  domain: config.require("domain"),
  relayHost: { host: config.require("relayHost") },
  credentials: { username: config.require("username"), password: config.requireSecret("password") },
  sender: config.require("sender"),
  testDelivery: { to: config.require("to") },
};

// The first host is the canary: the others are changed when its delivery is proven.
const fleet = new RelayFleet("mail", {
  hosts: [
    { ...common, name: "web-1", connection: { host: "203.0.113.10", hostKey: "ssh-ed25519 AAAA…" } },
    { ...common, name: "web-2", connection: { host: "203.0.113.11", hostKey: "ssh-ed25519 AAAA…" } },
    { ...common, name: "db-1", connection: { host: "203.0.113.12", hostKey: "ssh-ed25519 AAAA…" } },
  ],
  waves: ["1", "100%"],
});

export const deliveries = fleet.deliveries;
