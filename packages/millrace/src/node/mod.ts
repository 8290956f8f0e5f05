/** The assembly: from a configuration to a running node. */

export type { LimitsName } from "../broker/mod.ts";
export type { Anonymous, AnonymousDoor, Configuration, Tls } from "./configuration.ts";
export { type Addresses, type House, type StartResult, startHouse } from "./house.ts";
export { type AccessKey, type KeyWithSecret, openAccessKeys } from "./identity/keys.ts";
export { checkRoleName } from "./identity/role-names.ts";
export { type TrialResult, tryStatement, tryTemplate } from "./rules/rule-trial.ts";
export { readRemoteCredentials } from "./tables/remote-credentials.ts";
