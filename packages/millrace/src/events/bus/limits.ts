/** The bounds of the bus: AWS's quotas, and ours where AWS names none. */

export const busLimits = {
  /** In one request. [EventBridge API: PutEvents] */
  entriesMax: 10,
  /** Of all entries of a request together. [EventBridge: Calculating PutEvents event entry size] */
  requestBytesMax: 256 * 1024,
  /** Of the maps and lists in an event's detail. [EventBridge API: PutEvents] */
  nestingMax: 1_000,
  /** [EventBridge quotas] */
  busesMax: 100,
  rulesPerBusMax: 300,
  targetsPerRuleMax: 5,
  tagsMax: 50,
  /** Of `Input` and of a template. [EventBridge API: Target, InputTransformer] */
  inputCharactersMax: 8_192,
  /** Of what a target gets in the end, as an asynchronous call may have it. */
  payloadCharactersMax: 1024 * 1024,
  inputPathsMax: 100,
  pathCharactersMax: 256,
  /** [EventBridge API: RetryPolicy] */
  retryAttemptsMax: 185,
  eventAgeSecondsMin: 60,
  eventAgeSecondsMax: 86_400,
  /** Deliveries that are accepted and not over; one more is refused. */
  pendingMax: 100_000,
  pendingBytesMax: 256 * 1024 * 1024,
  /** Deliveries that are tried at once. */
  runningMax: 64,
  /** The pause before the second try, which doubles after each, up to the other. */
  retryPauseMsMin: 1_000,
  retryPauseMsMax: 10 * 60 * 1_000,
  /** Buses that lead from one to the next before that is taken for a circle. */
  hopsMax: 5,
} as const;
