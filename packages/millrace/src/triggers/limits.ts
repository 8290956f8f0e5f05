/** The bounds of triggers: Lambda's for streams of tables, and ours where it names none. */

export const triggerLimits = {
  /** [Lambda API: CreateEventSourceMapping] */
  batchSize: { min: 1, max: 10_000 },
  batchingWindowSeconds: { min: 0, max: 300 },
  lanes: { min: 1, max: 10 },
  retryAttempts: { min: -1, max: 10_000 },
  recordAgeSeconds: { min: -1, max: 604_800 },
  /** What the age of a record may be at least, where it has a bound. */
  recordAgeSecondsLeast: 60,
  /** What AWS allows without a quota of one's own. [Lambda: Control which events Lambda sends] */
  filtersMax: 5,
  /** After which a stream forgets its records, and none is tried any more. */
  streamAgeMs: 24 * 60 * 60 * 1000,
  /** Asked for at a time. [DynamoDB API: GetRecords] */
  readCountMax: 1000,
  /** Between looks at a stream that does not tell of its changes: four a second. */
  pollMs: 250,
  /** The first pause after a failure, which doubles after each, up to the other. */
  pauseMsMin: 1_000,
  pauseMsMax: 60_000,
  /** Reads that fail in a row before a place is given up at which nothing was read yet. */
  firstReadTriesMax: 3,
  tumblingWindowSeconds: { min: 0, max: 900 },
  /** Of a window's state as JSON: 1 MB, then the window is over. */
  stateCharactersMax: 1024 * 1024,
  /** How long a window is waited for behind its end: here, and where a stream is polled. */
  windowGraceMs: 1_000,
  windowGraceMsPolled: 120_000,
  /** By which the clock of a stream elsewhere may be behind ours. */
  clockSkewMs: 5_000,
  /** Records of a shard that are read and not finished, besides a batch for each lane and one. */
  unfinishedMin: 2_000,
  /** Of records that are read and not finished, over all triggers, besides what one read brings. */
  heldBytesMax: 128 * 1024 * 1024,
} as const;
