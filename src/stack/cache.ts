// Node.js keeps the compiled code of the SDK and of the program, so that the next `pulumi` starts earlier. It has to be
// on before anything is loaded: `nodeargs: --require=postfix-relay/cache` in Pulumi.yaml.

import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

try {
  // Not the shared /tmp that Node.js would take: what lies there is code that runs with the keys of this user.
  enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "postfix-relay"));
} catch {
  // A user without a home has no cache.
}
