package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/postfix-relay/postfix-relay/sdk/go/postfixrelay"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		host := func(name, address, key string) postfixrelay.FleetHostArgs {
			return postfixrelay.FleetHostArgs{
				Name: name,
				Connection: &postfixrelay.ConnectionArgs{
					Host:    pulumi.String(conf.Require(address)),
					HostKey: pulumi.String(conf.Require(key)),
				},
				Domain:    pulumi.String(conf.Require("domain")),
				RelayHost: &postfixrelay.RelayHostArgs{Host: pulumi.String(conf.Require("relayHost"))},
				Credentials: &postfixrelay.CredentialsArgs{
					Username: pulumi.String(conf.Require("username")),
					Password: conf.RequireSecret("password"),
				},
				TestDelivery: &postfixrelay.TestDeliveryArgs{To: pulumi.String(conf.Require("to"))},
			}
		}
		mail, err := postfixrelay.NewRelayFleet(ctx, "mail", &postfixrelay.RelayFleetArgs{
			Hosts: postfixrelay.FleetHostArray{
				host("web-1", "host", "hostKey"),
				host("web-2", "host2", "hostKey2"),
			},
			Waves: []string{"1", "100%"},
		})
		if err != nil {
			return err
		}
		ctx.Export("deliveries", mail.Deliveries)
		return nil
	})
}
