/** The bounds of the doors. */

/** The runtime counts the time of a socket in these steps, from a beat of its own. */
export const timerStepSeconds = 4;

/** A longer time never ends: so far the runtime counts, as seen with Bun 1.4.5. */
export const timerSecondsMax = 240;

/**
 * How long the kernel may take none of the last bytes, because a peer does not read, and how long
 * at most a peer that reads slowly is given more time for them.
 */
export const lastBytesSeconds = 4;
export const lastBytesSecondsMax = 60;

/**
 * How long a peer is still listened to after FIN, and how many of its bytes are thrown away in that
 * time; beyond them it is no longer read.
 */
export const lingerSeconds = 4;
export const lingerBytesMax = 1_048_576;

/** The bytes of a PROXY header of version 2, with whatever a proxy tells beyond the addresses. */
export const proxyHeaderBytesMax = 4096;

/** When to look for peers that vanished without a word and have no keep-alive. */
export const tcpKeepAliveMs = 60_000;

/**
 * A WebSocket that is silent is asked by a ping within this time, about half of it at the earliest,
 * and is closed at most half of it later.
 */
export const webSocketIdleSecondsMax = 120;

/** How often the files of a certificate are looked at. */
export const certificatePollMs = 2000;

/** How long, once a front stops, the last bytes of answers may still be under way. */
export const frontStopMsMax = 1000;

/** For requests that a front answers itself and that are under way when it stops. */
export const wholeStopMsMax = 3000;

/** Who has just come need not make room for so long, unless nobody else can: to bring a request. */
export const askMsMin = 1000;

/** What a front holds for slow clients, all together: 40 times what a function may answer. */
export const heldBytesInAllMax = 256 * 1_048_576;

/**
 * For clients of the broker to take their last bytes, once their door stops; longer than the
 * broker takes to end them.
 */
export const linksStopMsMax = 3000;

/** Longer heads, and those with more names, are the HTTP server's to read, and to refuse. */
export const headBytesMax = 16_384;
export const headersMax = 128;

/** Requests with larger bodies are the HTTP server's, whose operations refuse them. */
export const wholeBodyBytesMax = 16 * 1_048_576;

/** As much as may come in while an answer is made; then the socket is not read. */
export const aheadBytesMax = 65_536;

/** Requests of a connection that are begun one after the other; then everything else has a turn. */
export const requestsAtOnceMax = 32;

/**
 * Sets of headers that a connection remembers: of two operations, each with lengths of two numbers
 * of digits. Longer ones are read each time, for they would be kept for each connection.
 */
export const knownHeadersMax = 4;
export const knownHeadersBytesMax = 4096;
