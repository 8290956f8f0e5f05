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
