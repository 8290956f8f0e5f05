/** The assembly: from a configuration to a running node. */

export type { LimitsName } from "../broker/mod.ts";
export type { Anonymous, AnonymousDoor, Configuration, Tls } from "./configuration.ts";
export { type Addresses, type House, type StartResult, startHouse } from "./house.ts";
export { type AccessKey, type KeyWithSecret, openAccessKeys } from "./keys.ts";
export { readRemoteCredentials } from "./remote-credentials.ts";
export { type TrialResult, tryStatement, tryTemplate } from "./rule-trial.ts";
