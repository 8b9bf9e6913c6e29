// An inline program of the Automation API. The SDK runs it in another way than a program that `pulumi up` starts.

import { openWorld } from "../world.ts";
import { describeHosts } from "./hosts.ts";
import { kinds } from "./kinds.ts";
import { describeRedRuns } from "./red-runs.ts";
import { describeSecrets } from "./secrets.ts";

const { world, relay, web, jump } = await openWorld({ web: {}, jump: {} });
describeHosts(kinds.inline, { world, relay, hosts: [web], bastion: jump });
describeSecrets(kinds.inline);
describeRedRuns(kinds.inline);
