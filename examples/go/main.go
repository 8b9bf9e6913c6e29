package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	// `pulumi install` makes this SDK.
	"github.com/postfix-relay/postfix-relay/sdk/go/postfixrelay"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		relay, err := postfixrelay.NewRelay(ctx, "web-1", &postfixrelay.RelayArgs{
			Connection: &postfixrelay.ConnectionArgs{
				Host:    pulumi.String(conf.Require("host")),
				User:    pulumi.String(conf.Require("user")),
				HostKey: pulumi.String(conf.Require("hostKey")),
			},
			Domain:    pulumi.String(conf.Require("domain")),
			RelayHost: &postfixrelay.RelayHostArgs{Host: pulumi.String(conf.Require("relayHost"))},
			Credentials: &postfixrelay.CredentialsArgs{
				Username: pulumi.String(conf.Require("username")),
				Password: conf.RequireSecret("password"),
			},
			// For all mail; without it each host is a sender of its own.
			Sender:       pulumi.String(conf.Require("sender")),
			TestDelivery: &postfixrelay.TestDeliveryArgs{To: pulumi.String(conf.Require("to"))},
		})
		if err != nil {
			return err
		}
		ctx.Export("delivery", relay.Delivery)
		return nil
	})
}
