// A program in YAML, by the plugin: what holds for it holds for Python, Go and the other languages.

import { openWorld } from "../world.ts";
import { describeHosts } from "./hosts.ts";
import { kinds } from "./kinds.ts";
import { describeRedRuns } from "./red-runs.ts";
import { describeSecrets } from "./secrets.ts";

const { world, relay, web, jump } = await openWorld({ web: {}, jump: {} });
describeHosts(kinds.yaml, { world, relay, hosts: [web], bastion: jump });
describeSecrets(kinds.yaml);
describeRedRuns(kinds.yaml);
