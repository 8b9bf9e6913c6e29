export { LabHost, type Login } from "./host.ts";
export { Lab } from "./lab.ts";
export { withLock } from "./lock.ts";
export type { Message } from "./messages.ts";
export { type Release, releases } from "./mirror.ts";
export { closeKept, openLab, prepare } from "./open.ts";
export { LabRelay, type Mode, type User } from "./relay.ts";
export { unavailable } from "./requirements.ts";
export { until } from "./until.ts";
