import pulumi
from pulumi_postfix_relay import Relay

config = pulumi.Config()

web_1 = Relay(
    "web-1",
    connection={
        "host": config.require("host"),
        "user": config.require("user"),
        "host_key": config.require("hostKey"),
    },
    domain=config.require("domain"),
    relay_host={"host": config.require("relayHost")},
    credentials={"username": config.require("username"), "password": config.require_secret("password")},
    sender=config.require("sender"),  # for all mail; without it each host is a sender of its own
    test_delivery={"to": config.require("to")},
)

pulumi.export("delivery", web_1.delivery)
