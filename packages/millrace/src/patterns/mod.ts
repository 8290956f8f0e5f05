/** Event patterns: which events a rule of the bus, or the filter of an event source, wants. */

export { type EventObject, type EventValue, eventOf, isEventObject, readEvent } from "./event.ts";
export { patternLimits } from "./limits.ts";
export {
  compilePattern,
  compilePatternText,
  type EventPattern,
  type PatternResult,
} from "./pattern.ts";
export { formatPatternProblem, type PatternProblem } from "./problem.ts";
