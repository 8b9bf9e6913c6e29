import { openWorld } from "../world.ts";
import { describeHosts } from "./hosts.ts";
import { kinds } from "./kinds.ts";
import { describeRedRuns } from "./red-runs.ts";
import { describeSecrets } from "./secrets.ts";

const { world, relay, web, jump } = await openWorld({ web: {}, jump: {} });
describeHosts(kinds.esm, { world, relay, hosts: [web], bastion: jump });
describeSecrets(kinds.esm);
describeRedRuns(kinds.esm);
