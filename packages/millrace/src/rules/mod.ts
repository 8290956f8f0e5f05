/** Rules: which messages match, what they select, and what follows. */

export type { ActionDefinition } from "./actions/catalog.ts";
export type { RuleDefinition } from "./definition.ts";
export type {
  Destination,
  DestinationStatus,
  WantedDestination,
} from "./destinations/destination.ts";
export {
  type DestinationProblem,
  type DestinationResult,
  Destinations,
} from "./destinations/destinations.ts";
export { urlProblem } from "./destinations/url.ts";
export type { RuleCounts } from "./engine.ts";
export type { ActionOutcome, Execution } from "./execution.ts";
export { type LoadedRule, loadRule, type Rule, type RuleError } from "./load.ts";
export {
  isActive,
  type ManagedRule,
  problemText,
  type RulePayload,
  type Tags,
} from "./management/managed-rule.ts";
export { RuleManager, type RuleOutcome, type RuleProblem } from "./management/rule-manager.ts";
export type { Origin, RuleMessage, RuleMessageProperties } from "./message.ts";
export { MetricSeries } from "./metric-series.ts";
export type { Path } from "./payload/check.ts";
export {
  type PayloadError,
  propertyOf,
  type ReadPayload,
  readTopicRulePayload,
} from "./payload/payload.ts";
export type {
  AttributeMap,
  AttributeValue,
  HttpSend,
  HttpServices,
  LogEntry,
  Metric,
  ObjectToPut,
  Publication,
  Republication,
  RuleActor,
  RulePorts,
  StreamRecord,
} from "./ports.ts";
export { rolesOf } from "./roles.ts";
export {
  type CreatedRules,
  createRules,
  type Rules,
  type RulesOptions,
} from "./rules.ts";
export {
  type Follower,
  Trace,
  type Traced,
  type TracedRefusal,
  type TraceOutcome,
  type TraceWish,
  traceOutcomeOf,
  traceOutcomes,
  traceTopicOf,
} from "./trace.ts";
export {
  messageProblem,
  type TrialMessage,
  type TriedAction,
  type TriedRule,
  type TriedRules,
  tryRules,
  type Verdict,
} from "./trial/trial.ts";
export { type TriedRuleJson, triedRuleJson } from "./trial/trial-json.ts";
