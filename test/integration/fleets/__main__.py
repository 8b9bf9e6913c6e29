import pulumi
from pulumi_postfix_relay import RelayFleet

config = pulumi.Config()

common = {
    "domain": config.require("domain"),
    "relay_host": {"host": config.require("relayHost")},
    "credentials": {"username": config.require("username"), "password": config.require_secret("password")},
    "test_delivery": {"to": config.require("to")},
}

mail = RelayFleet(
    "mail",
    hosts=[
        {
            **common,
            "name": "web-1",
            "connection": {"host": config.require("host"), "host_key": config.require("hostKey")},
        },
        {
            **common,
            "name": "web-2",
            "connection": {"host": config.require("host2"), "host_key": config.require("hostKey2")},
        },
    ],
    waves=["1", "100%"],
)

pulumi.export("deliveries", mail.deliveries)
