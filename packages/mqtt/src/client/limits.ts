/** The bounds of the client. */

/** Requests (publishes of QoS 1, subscribes, unsubscribes) that wait for their answer. */
export const requestCountMax = 1000;

/**
 * The largest WebSocket frame sent. Servers bound frames, and what waits after an outage is more
 * than they take in one; a packet may straddle frames [MQTT-6.0.0-2].
 */
export const frameBytesMax = 65_536;

/** Filters renewed in one SUBSCRIBE: AWS IoT refuses more than eight. */
export const filtersPerSubscribeMax = 8;

export const connectTimeoutMs = 10_000;

/** The longest that the first retry waits; each further one doubles it up to the cap. */
export const retryFirstMs = 500;
export const retryCapMs = 30_000;

/**
 * A connection that lasted this long was a good one: retries start quick again. A shorter one does
 * not count, or else two pages with one client id would throw each other out without a pause.
 */
export const connectionGoodMs = 10_000;
