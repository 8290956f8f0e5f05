/** The ground floor: what every part may stand on, and nothing that knows a domain. */

export { type AddressRange, parseAddressRange, rangeHolds } from "./addresses.ts";
export { assert, InvariantBroken, unreachable } from "./assert.ts";
export type { Awaitable } from "./awaitable.ts";
export { BoundedQueue } from "./bounded-queue.ts";
export {
  type BytePieces,
  compareBytes,
  concatBytes,
  fromBase64,
  noBytes,
  textOf,
  textOrUndefined,
  toBase64,
  utf8,
  utf8BytesPerUnitMax,
} from "./bytes.ts";
export { type Clock, ManualClock, systemClock, type Timer } from "./clock.ts";
export { type EndWait, EqualWaits } from "./equal-waits.ts";
export { errorText, WorldError } from "./errors.ts";
export {
  counter,
  type Figure,
  type Figured,
  gauge,
  type HistogramFigure,
  type Labels,
  labelled,
  type NumberFigure,
  type Sample,
} from "./figures.ts";
export { headerName } from "./header-name.ts";
export { durationBoundsSeconds, Histogram } from "./histogram.ts";
export { newHexId, newUuid, type Random, systemRandom } from "./ids.ts";
export {
  findPlace,
  JsonNumber,
  type JsonPath,
  type JsonText,
  parseJsonText,
  type TextPlace,
} from "./json-text.ts";
export { LastingTimer } from "./lasting-timer.ts";
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  silentLogger,
} from "./logger.ts";
export { isLoopbackName, isLoopbackOrigin } from "./loopback.ts";
export { memberOf } from "./member.ts";
export { momentOf } from "./moment.ts";
export { shortened } from "./shortened.ts";
export { SortedKeys } from "./sorted-keys.ts";
export { suggest } from "./suggestion.ts";
