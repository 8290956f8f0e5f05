/** The bounds of event patterns: those of AWS, and ours where AWS names none. */

export const patternLimits = {
  /** Of a pattern's text. [EventBridge API: PutRule, EventPattern] */
  textCharactersMax: 4_096,
  /** What alternatives of `$or` multiply to. [EventBridge: Matching on multiple fields] */
  combinationsMax: 1_000,
  /** Maps and lists inside each other in a pattern. */
  nestingMax: 64,
  /** Either way from zero. [EventBridge: Numeric matching] */
  numericMax: 5e9,
  /** Digits behind the point that `numeric` compares. [EventBridge: Numeric matching] */
  numericDecimals: 6,
  /** Told of one pattern. */
  problemsMax: 100,
} as const;
