/** Logs: groups, streams and events, with a retention; and filter patterns. */

export { bytesOf as logEventBytes } from "./block.ts";
export { type LogEvent, type Place, placeId, placeOfId, type StoredEvent } from "./event.ts";
export type { Group as LogGroup, Stream as LogStream } from "./group.ts";
export {
  batchBytesMax,
  batchEventsMax,
  batchSpanMsMax,
  eventBytesMax,
  futureMsMax,
  pastMsMax,
  readEventsMax,
  retentionDays,
} from "./limits.ts";
export {
  type Followed,
  type LogGroupDefinition,
  type LogLine,
  type LogProblem,
  type LogResult,
  Logs,
} from "./logs.ts";
export { PatternTooCostly } from "./pattern/cursor.ts";
export { readPattern } from "./pattern/pattern.ts";
export type { ReadResult, ReadWish } from "./reader.ts";
export { takeWindow, type Windowed } from "./window.ts";
