// Two inline programs at once in one process, each with a stack of its own.

import { openWorld } from "../world.ts";
import { describeHosts } from "./hosts.ts";
import { kinds } from "./kinds.ts";
import { inline } from "./program.ts";

const { world, relay, web, other, jump } = await openWorld({ web: {}, other: {}, jump: {} });
const two = { ...kinds.inline, name: "two inline programs", open: () => inline({}, ["one", "two"]) };
describeHosts(two, { world, relay, hosts: [web, other], bastion: jump });
