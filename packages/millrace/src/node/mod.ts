/** The assembly: from a configuration to a running node. */

export type { LimitsName } from "../broker/mod.ts";
export type { Anonymous, AnonymousDoor, Configuration, Tls } from "./configuration.ts";
export { type Addresses, type House, type StartResult, startHouse } from "./house.ts";
export { type TrialResult, tryStatement, tryTemplate } from "./rule-trial.ts";
