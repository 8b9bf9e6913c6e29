// Removes a lab as soon as the process that opened it has ended, however it ended: stdin is a pipe from that process,
// and the kernel closes it. Argument: the lab's record as JSON.
import { remove, tidyUp } from "./records.ts";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.stdin.resume().on("end", async () => {
  await remove(JSON.parse(process.argv[2] ?? ""));
  await tidyUp();
});
