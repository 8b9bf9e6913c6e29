// What programs of Node.js learn from the DNS here: `NODE_OPTIONS="--require FILE"`. They ask the server in LAB_DNS;
// without one every domain sends its mail from one address, and says so, so that no question leaves this machine.

const promises = require("node:dns/promises");
const { syncBuiltinESMExports } = require("node:module");

const server = process.env.LAB_DNS;
const ADDRESS = "192.0.2.1";

const nothing = (code) => Promise.reject(Object.assign(new Error(code), { code }));

const answers = {
  A: () => [ADDRESS],
  MX: (name) => [{ exchange: `mx.${name}`, priority: 10 }],
  TXT: () => [[`v=spf1 ip4:${ADDRESS} -all`]],
};

promises.Resolver = class extends promises.Resolver {
  constructor(options) {
    super(options);
    if (server) this.setServers([server]);
  }

  resolve(name, type) {
    if (server) return super.resolve(name, type);
    if (name.startsWith("_") || name.includes("._")) return nothing("ENOTFOUND");
    return Object.hasOwn(answers, type) ? Promise.resolve(answers[type](name)) : nothing("ENODATA");
  }

  resolveMx(name) {
    return server ? super.resolveMx(name) : nothing("ENOTFOUND");
  }
};
syncBuiltinESMExports();
