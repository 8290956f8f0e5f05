/** The bounds of the rules. */

export const rulesLimits = {
  /** Messages from outside that wait; beyond it QoS 0 and events are dropped and counted. */
  queuedMessagesMax: 10_000,
  /** Messages from rules that wait for further rules; beyond it any is dropped and counted. */
  queuedFollowersMax: 100_000,
  /** Messages from outside whose actions are under way at once. */
  runningMessagesMax: 1_000,
  /** Messages evaluated before the input and output that is at hand gets its turn. */
  messagesPerTurnMax: 500,
  /** Republish actions one after the other; the next one fails. */
  ruleDepthMax: 10,
  actionsPerRuleMax: 10,
  /** Of a rule's definition, as JSON. */
  definitionBytesMax: 128 * 1024,
  /** For errors of the world only; the pause doubles after each attempt. */
  attemptsMax: 3,
  firstPauseMs: 100,
  /** No attempt begins later than this after the first. */
  attemptsWithinMs: 3_000,
  /** Executions that are kept for the trace; one takes some 300 bytes, and its texts. */
  tracedExecutionsMax: 10_000,
  /** Refusals that are kept for it beside them. */
  tracedRefusalsMax: 1_000,
  /** Characters of a topic, a client id, a reason, that the trace keeps. */
  tracedTextMax: 512,
  /** For all attempts of an `http` action together, and for a request of confirmation. */
  httpBudgetMs: 3_000,
  /** Messages in the requests of one `http` action that are under way; one more fails. */
  httpMessagesMax: 200,
  /** Until a destination must be confirmed: three days. */
  confirmationMsMax: 3 * 24 * 60 * 60 * 1000,
  destinationsMax: 1_000,
  /** Metrics that rules may name, each with its namespace and unit. */
  metricSeriesMax: 1_000,
  /** Between two log lines about dropped messages. */
  throttledLogEveryMs: 10_000,
} as const;
