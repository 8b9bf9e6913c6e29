import * as pulumi from "@pulumi/pulumi";
import { Relay } from "postfix-relay";

const config = new pulumi.Config();

const relay = new Relay("web-1", {
  connection: { host: config.require("host"), user: config.require("user"), hostKey: config.require("hostKey") },
  domain: config.require("domain"),
  relayHost: { host: config.require("relayHost") }, // or a provider by its name: provider: "sendgrid"
  credentials: { username: config.require("username"), password: config.requireSecret("password") },
  sender: config.require("sender"), // for all mail; without it each host is a sender of its own
  testDelivery: { to: config.require("to") },
});

export const delivery = relay.delivery;
