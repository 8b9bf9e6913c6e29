import pulumi
from pulumi_postfix_relay import Relay

config = pulumi.Config()

web_1 = Relay(
    "web-1",
    connection={"host": config.require("host"), "host_key": config.require("hostKey")},
    domain=config.require("domain"),
    relay_host={"host": config.require("relayHost")},
    credentials={"username": config.require("username"), "password": config.require_secret("password")},
    test_delivery={"to": config.require("to")},
)

pulumi.export("delivery", web_1.delivery)
