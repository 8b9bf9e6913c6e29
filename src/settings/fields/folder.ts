// Folders on the host.

import { text } from "./kinds.ts";

/** The full path of a folder on the host. A unit of systemd has it, so it takes letters that need no quotes there. */
export const folder = text(
  { allowed: "give the full path of a folder on the host, such as /var/lib/prometheus/node-exporter" },
  [/^[^/]/, "which does not begin with /"],
  [/[^\w/.-]/, "which has characters other than letters, digits and ._-/"],
  [/^\/$|^\/(etc|usr|bin|sbin|lib\w*|boot|dev|proc|sys|root)(\/|$)/, "which is a folder of the operating system"],
  [/\/\.{0,2}(\/|$)/, "which has a part that is empty, . or .."],
);
