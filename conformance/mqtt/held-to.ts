/** Which cases our own server is held to, on every `npm test`. */

/** The levels of the protocol that it speaks: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export const levels: readonly number[] = [3, 4, 5];

/** Tags of cases that it is not yet held to. */
export const without: readonly string[] = ["receive-maximum-20"];
