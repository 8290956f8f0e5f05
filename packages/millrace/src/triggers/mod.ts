/** Triggers: functions that are called for the changes of tables. */

export { compileFilters, type FilterResult } from "./filter.ts";
export { triggerLimits } from "./limits.ts";
export {
  type Mapping,
  type StartingPosition,
  settingsDefault,
  type TriggerDefinition,
  type TriggerSettings,
  tableOfStream,
  templateTriggerId,
} from "./mapping.ts";
export type {
  CalledFunction,
  CallResult,
  DiscardedObject,
  FunctionCall,
  StreamDescription,
  StreamPorts,
  StreamRecord,
  TriggerPorts,
} from "./ports.ts";
export { problems as triggerProblems, type TriggerProblem } from "./problems.ts";
export {
  type NewTrigger,
  type ShownTrigger,
  type TriggerOutcome,
  Triggers,
  type TriggersOptions,
} from "./triggers.ts";
