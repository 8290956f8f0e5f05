/** Events: what happens around the broker as messages; buses that lead events to targets. */

export {
  type EntryOutcome,
  EventBuses,
  type EventBusesOptions,
  type EventEntry,
} from "./bus/buses.ts";
export type {
  BusCatalogue,
  BusProblem,
  ChangeOutcome,
  KeptBus,
} from "./bus/catalogue/catalogue.ts";
export type { KeptRule } from "./bus/catalogue/rules.ts";
export {
  type BusDefinition,
  defaultBusName,
  type RuleDefinition as EventRuleDefinition,
  type RuleSettings as EventRuleSettings,
  type TargetDefinition,
  type TransformerDefinition,
} from "./bus/definition.ts";
export { busLimits } from "./bus/limits.ts";
export type { ActingRule, BusPorts } from "./bus/ports.ts";
export {
  busArn,
  type RuleProblem as EventRuleProblem,
  readRule as readEventRule,
  ruleArn as eventRuleArn,
} from "./bus/rule.ts";
export { type Receiver as TargetReceiver, readTarget, type TargetProblem } from "./bus/target.ts";
export { createLifecycleEvents, type LifecyclePorts } from "./lifecycle.ts";
