// Lets a program of Node.js ask the DNS server of a lab: `NODE_OPTIONS="--require FILE"`, and its address in LAB_DNS.

const promises = require("node:dns/promises");
const { syncBuiltinESMExports } = require("node:module");

promises.Resolver = class extends promises.Resolver {
  constructor(options) {
    super(options);
    this.setServers([process.env.LAB_DNS]);
  }
};
syncBuiltinESMExports();
