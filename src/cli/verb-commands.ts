// The commands that have verbs and options of their own. Those are loaded only where one of them is asked for.

/** What each does, and how its options are loaded. */
const table = {
  rollout: {
    does: "Change many stacks in waves; `rollout --help` has its verbs",
    load: async () => {
      const { ROLLOUT: command, readRollout: read } = await import("./rollout-options.ts");
      return { command, read };
    },
  },
  credentials: {
    does: "A new password for many stacks, and who has it; `credentials --help` has its verbs",
    load: async () => {
      const { CREDENTIALS: command, readCredentials: read } = await import("./credentials-options.ts");
      return { command, read };
    },
  },
  hostkey: {
    does: "Add the key of a host to a stack file, or compare it; `hostkey --help` has its verbs",
    load: async () => {
      const { HOSTKEY: command, readHostKey: read } = await import("./hostkey-options.ts");
      return { command, read };
    },
  },
  oauth: {
    does: "Get a refresh token by a user's consent, for a relay that takes tokens; `oauth --help` has its verb",
    load: async () => {
      const { OAUTH: command, readOauth: read } = await import("./oauth-options.ts");
      return { command, read };
    },
  },
} as const;

/** Their names, with what each does. */
export const verbCommands: readonly (readonly [name: string, does: string])[] = Object.entries(table).map(
  ([name, { does }]) => [name, does],
);

/** Loads one of them; undefined for any other word. */
export const loadVerbCommand = async (name: string) =>
  Object.hasOwn(table, name) ? await table[name as keyof typeof table].load() : undefined;
