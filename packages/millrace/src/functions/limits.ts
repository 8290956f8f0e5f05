/** The bounds of functions. Those of AWS carry its numbers; the others keep one machine healthy. */

/** What one answer may weigh; Lambda's 6 MB and a little for the envelope. */
export const responseBytesMax = 6_291_556;

/** What a function's code may take: as an archive, and unpacked. */
export const zipBytesMax = 52_428_800;
export const codeBytesMax = 262_144_000;

/** What one answer in pieces may weigh, where the caller takes it in pieces. */
export const streamBytesMax = 209_715_200;

/** What of it may wait to be taken: more than the window of our bootstrap, and a piece. */
export const streamQueueBytesMax = 524_288;

/** What one synchronous event may weigh. */
export const payloadBytesMax = 6_291_456;

/** All variables of one function together, names and values. */
export const environmentBytesMax = 4096;

/** From the start of a process to its first request for work. */
export const initMsMax = 10_000;

/** The same for those that are held ready; more where a call may take more. */
export const provisionedInitMsMax = 130_000;

/** How much of a call's log comes back with its answer. */
export const logTailBytesMax = 4096;

/**
 * A longer line is cut into lines of this length, so that a flood without newlines stays bounded.
 */
export const logLineBytesMax = 65_536;

/** How long an answer waits for the log lines that were written before it. */
export const logDrainMsMax = 200;

/** The same where a process does not mark the end of its lines, as bootstraps of others. */
export const logDrainMsUnmarked = 10;

/** Calls at once of all functions, as AWS gives a new account; and what must stay unreserved. */
export const accountConcurrencyMax = 1000;
export const unreservedConcurrencyMin = 100;

export const tagsMax = 50;

/** So long without a call, and its process no longer waits for one in a read that blocks. */
export const restMs = 20;

/** So many calls in a row that log nothing, and a process gets the next one before it asks. */
export const quietCallsMin = 32;

/** What calls take at most where that is worth it. */
export const aheadCallMsMax = 1;

/** How long a call waits so before it goes to a process that would take a later one. */
export const aheadMsMax = 2;

/** How often the memory of a process that works is looked at. */
export const memoryCheckMs = 250;

/** Processes at once, of all functions, where nobody says how many: so that a laptop bears them. */
export const processesMaxPerCore = 32;
export const processesMin = 16;
export const processBytesTypical = 67_108_864;

/**
 * How long a call waits for a process that is there, before another is started for it: about as
 * long as a start takes, which it would wait for otherwise.
 */
export const startMsTypical = 100;

/** Calls of one function that wait for a process; one more is throttled. */
export const waitingCallsMax = 1000;

/** After this long without a call a process ends. */
export const idleMsMax = 300_000;

/** For so long without a call the last process of a version does not make room for others. */
export const lastIdleMsMin = 1000;

/** A process's credentials are good for twelve hours; a call takes fifteen minutes at most. */
export const environmentAgeMsMax = 11 * 3_600_000;

/** Failed starts in a row before the next one has to wait. */
export const startFailuresBeforeBackOff = 3;
export const backOffMsMin = 250;
export const backOffMsMax = 10_000;

/** Asynchronous calls accepted and not yet done, of all functions; and what they carry. */
export const asyncCallsMax = 100_000;
export const asyncBytesMax = 268_435_456;

/** How many destinations lead from one call to the next before that is taken for a circle. */
export const asyncDepthMax = 16;

/** Waits before the second and the third try of an asynchronous call that failed. */
export const asyncRetryDelaysMsDefault: readonly number[] = [60_000, 120_000];

/** Waits while calls are throttled or the machine fails: doubled from one to the other. */
export const asyncThrottleMsMin = 1000;
export const asyncThrottleMsMax = 300_000;

/** How long nothing must have changed before a function is made ready again. */
export const reloadQuietMs = 50;

/** Where something changes all the time it is made ready all the same, so long after the first. */
export const reloadWaitMsMax = 1000;

/** What Python has compiled is kept over a save when it is older. */
export const bytecodeAgeMsMin = 5000;

/** How long after a trouble of the machine it is tried again. */
export const reloadAgainMs = 10_000;

/** Folders that are watched for one function. */
export const watchedFoldersMax = 200;

/** So many folders above each of them tell whether another has come in its place. */
export const watchedParentsMin = 3;

/** How long `close` lets calls in flight finish. */
export const drainMsMax = 10_000;
