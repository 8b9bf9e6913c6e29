// Which room may import which. A room is a folder of src; each may use itself and those after it in its row.

const room = (names) => `^src/(${names.join("|")})/`;

/** These rooms, and the programs that the engine starts: that of a stack, and the plugin for other languages. */
const programs = (...names) => [room(names), "^src/stack/program[.]ts$", "^src/plugin/"];

/** From what uses to what is used. Rooms of one row may use each other. */
export const order = [
  ["cli", "rollout", "stack", "plugin"],
  ["component"],
  ["drift", "deliverability"],
  ["host", "postfix", "ssh"],
  ["settings"],
  ["providers", "args"],
];

const oneWay = order.slice(1).map((rooms, index) => ({
  name: `${rooms.join("-and-")}-know-nothing-of-${order[index].join("-and-")}`,
  comment: `Imports point one way: ${order.map((row) => row.join(", ")).join(" -> ")}.`,
  severity: "error",
  from: { path: room(rooms) },
  to: { path: room(order.slice(0, index + 1).flat()) },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...oneWay,
    {
      name: "programs-stand-alone",
      comment: "A program starts, nothing imports it: each is an entry of the package.",
      severity: "error",
      from: { path: "^src/([^/]+)" },
      to: { path: ["^src/(cli|plugin)/", "^src/stack/program[.]ts$"], pathNot: "^src/$1/" },
    },
    {
      name: "cli-without-component",
      comment: "The command line looks at hosts. What makes resources is not even loaded for that.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: "^src/component/", reachable: true },
    },
    {
      name: "no-circle",
      comment: "Files that import each other cannot be read, tested or moved alone.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "pulumi-in-the-component-only",
      comment:
        "Checks and texts need no engine. Only the component, and the two programs around it, run Pulumi's code.",
      severity: "error",
      from: { path: "^src/", pathNot: programs("component") },
      to: { path: "@pulumi/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "types-of-pulumi-in-args",
      comment: "Arguments are Inputs, which is a type of Pulumi's.",
      severity: "error",
      from: { path: "^src/", pathNot: programs("component", "args") },
      to: { path: "@pulumi/" },
    },
    {
      name: "engine-in-one-file",
      comment: "The rollout alone needs DBOS, and loads it only when it runs. Its workflows have its types.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/rollout/(engine|workflows)[.]ts$" },
      to: { path: "@dbos-inc/" },
    },
    {
      name: "imap-in-one-file",
      comment: "Only who looks into a mailbox has the package, and it is loaded only then.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/deliverability/inbox/mailbox[.]ts$" },
      to: { path: "imapflow" },
    },
    {
      name: "oauth-in-one-file",
      comment: "A login with a user's consent alone needs the package, and loads it only then.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/oauth-endpoint[.]ts$" },
      to: { path: "oauth4webapi", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "everything-in-a-room",
      comment: "Beside the rooms src has one file, the table of contents.",
      severity: "error",
      from: { path: "^src/[^/]+$", pathNot: "^src/index[.]ts$" },
      to: {},
    },
    {
      name: "a-known-room",
      comment: "A new room gets a place in the order above.",
      severity: "error",
      from: { path: "^src/.+/", pathNot: room(order.flat()) },
      to: {},
    },
    {
      name: "published-without-tests",
      comment: "Nothing that is published uses tests or the program of this checkout.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(lab|test|stacks)/" },
    },
    {
      name: "lab-stands-alone",
      comment: "Tests, the demo and the bench use the lab. It knows nothing of them, and quote() alone of src.",
      severity: "error",
      from: { path: "^lab/" },
      to: { path: "^(src|stacks|test|bench)/", pathNot: "^src/host/quote[.]ts$" },
    },
    {
      name: "published-without-devDependencies",
      comment: "A user has none of them. The host tool is packed before it is published.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/host/pack[.]ts$" },
      // The engine and IMAP are peers that a user may have; here they are installed for the tests.
      to: { dependencyTypes: ["npm-dev"], pathNot: "@dbos-inc/|imapflow" },
    },
    {
      name: "nothing-missing",
      comment: "What is imported is there. Nodemailer names its parts by conditions that are not looked at here.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^nodemailer/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Imports of types alone count: who needs a type knows the room it is from.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
