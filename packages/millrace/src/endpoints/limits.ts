/** The bounds of request bodies; that of a publish is the broker's and comes with the ports. */

export const tableBodyBytesMax = 16 * 1024 * 1024;
export const invokeBodyBytesMax = 6 * 1024 * 1024;
export const asyncInvokeBodyBytesMax = 1024 * 1024;

/** A function's code comes in base64. */
export const controlBodyBytesMax = 72 * 1024 * 1024;

/** How much of a function's log an answer carries. */
export const logTailBytesMax = 4096;

/** How long a browser may remember the answer to a preflight. */
export const preflightAgeSeconds = 600;

/** Executions that an answer of the trace holds, when the request does not say. */
export const traceLimitDefault = 100;
/** Lines of logs that an answer holds: without a beginning in time, and with one. */
export const logLinesDefault = 100;
export const logLinesMax = 10_000;
/** How often the store is asked for one answer, all groups together. */
export const logReadsMax = 64;

/** What waits for a follower to read, in lines and in bytes; beyond it lines are missed. */
export const followerLinesMax = 1000;
export const followerBytesMax = 8 * 1024 * 1024;
/** A follower hears something at least this often; an idle connection is closed after 75 s. */
export const followerQuietMsMax = 20_000;

/** A rule's definition has at most half of it; the rest is for white space. */
export const iotBodyBytesMax = 256 * 1024;

/** A batch of events may be 1 MiB, and JSON may spell each of its bytes with six. */
export const logsBodyBytesMax = 8 * 1024 * 1024;

/** Of requests about identities, most of which need no signature. */
export const identityBodyBytesMax = 64 * 1024;

/** A request of Application Auto Scaling. */
export const scalingBodyBytesMax = 256 * 1024;

/** Entries may be 256 KiB, and JSON may spell each of their bytes with six. */
export const eventsBodyBytesMax = 2 * 1024 * 1024;
