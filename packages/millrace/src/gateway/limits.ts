/** The bounds of the edge; those of API Gateway carry its numbers. */

export const bodyBytesMax = 10 * 1024 * 1024;

/** How long an answer of a function is waited for. */
export const httpApiWaitMsMax = 30_000;
export const restApiWaitMsMax = 29_000;

/** How long an HTTP API waits for an authorizer; a REST API as long as for an answer. */
export const authorizerWaitMsMax = 10_000;

/** Of each authorizer: answers that may count for later requests, too. */
export const rememberedAnswersMax = 10_000;
/** The same in bytes, with what identified the requests, which whoever asks may make long. */
export const rememberedBytesMax = 16 * 1024 * 1024;

/** Status and headers of an answer in pieces. */
export const preludeBytesMax = 65_536;

/** Values of headers in one answer, cookies included; AWS has room for no more of them. */
export const headerValuesMax = 2_500;

/** What was written before a handler failed has so long to leave before the connection breaks. */
export const brokenAnswerSendMs = 50;

/** Answers of functions shorter than this are sent as they are. */
export const compressedAnswerBytesMin = 1024;

/** Files of so many bytes are read while they are sent; smaller ones are read first. */
export const pieceFileBytesMin = 262_144;
