/** The bounds of the wire language: those of the standard, and one of our own. */

/** Bytes of a text or binary field, by its 16-bit length [MQTT-4.7.3-3]. */
export const fieldBytesMax = 65_535;

/** What four bytes of seven bits can say: the bytes that follow the fixed header (2.2.3). */
export const remainingLengthMax = 268_435_455;

/** The largest packet there can be, its fixed header included. */
export const packetBytesLimit = remainingLengthMax + 5;

/** Longer topics are not remembered from one PUBLISH to the next. */
export const rememberedTopicBytesMax = 256;
