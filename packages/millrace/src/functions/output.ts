/**
 * What an environment writes, as lines of the log that know their call.
 *
 * A call's log is complete when the bootstrap's mark has come, or its word that nothing was logged;
 * an environment takes its next call only then. So every line belongs to the call in hand, and
 * lines outside of any call belong to none. The mark is on standard output; what was written to
 * standard error before it has been read when its turn is over.
 *
 * What a handler writes past its console, and what its children write, the bootstrap does not see.
 * It is in the pipe before that word is, so it has been read when the turn is over in which the
 * word was; where some came, more of it may be on its way and has a moment.
 */

import { type Clock, concatBytes, noBytes, type Timer, textOf, utf8 } from "../base/mod.ts";
import { logDrainMsMax, logDrainMsUnmarked, logLineBytesMax, logTailBytesMax } from "./limits.ts";
import { readApplicationLine } from "./logging/application-line.ts";
import type { CallReport, PlatformLines } from "./logging/platform-lines.ts";
import type { LoggingSettings } from "./logging/settings.ts";
import type { CallEnd } from "./runtime-api/runtime-api.ts";

export type LineLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL" | "PLATFORM";

export interface FunctionLine {
  readonly functionName: string;
  /** Absent for what is written outside of a call. */
  readonly requestId: string | undefined;
  /** `PLATFORM`: START, END, REPORT and the like, written by us. */
  readonly level: LineLevel;
  /** May hold newlines and anything else a handler writes. */
  readonly text: string;
  /** The same as Lambda writes it into its log, without the newline at its end. */
  readonly raw: string;
  /** Where Lambda would write it. */
  readonly log: LogName;
}

export interface LogName {
  readonly group: string;
  readonly stream: string;
}

export interface OutputOptions {
  readonly functionName: string;
  /** Whether a mark stands behind each call's log; where none does, lines have a moment to come. */
  readonly marksLog: boolean;
  readonly logging: LoggingSettings;
  readonly lines: PlatformLines;
  readonly log: LogName;
  readonly clock: Clock;
  /** Calls back when all that has come in this turn of the event loop has been read. */
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly write: (line: FunctionLine) => void;
}

interface CallLog {
  readonly requestId: string;
  /** Absent: nobody wants it. */
  tail: string | undefined;
  memoryBytes: number;
  /** Something of it has come. */
  hasBegun: boolean;
  /** There is no mark to wait for: it is complete in a moment. */
  isEnding: boolean;
  complete: boolean;
  onComplete: () => void;
}

/** The mark stands behind whatever the handler wrote without ending the line. */
const markLine = /^(.*)\0end (\S+) (\d+)$/s;
const markBytesMax = 128;
const newline = 0x0a;

export class Output {
  readonly #options: OutputOptions;
  #call: CallLog | undefined;
  #closed = false;
  #isWrittenPast = false;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Reads lines until the stream ends. */
  async read(stream: AsyncIterable<Uint8Array>): Promise<void> {
    let rest: Uint8Array[] = [];
    let restBytes = 0;
    for await (const chunk of stream) {
      if (this.#call) this.#call.hasBegun = true;
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        this.#take(textOf(this.#cut(concatBytes([...rest, chunk.subarray(start, at)]))));
        rest = [];
        restBytes = 0;
        start = at + 1;
      }
      rest.push(chunk.slice(start));
      restBytes += chunk.length - start;
      if (restBytes <= logLineBytesMax) continue;
      const left = this.#cut(concatBytes(rest));
      rest = [left];
      restBytes = left.length;
    }
    if (restBytes > 0) this.#take(textOf(concatBytes(rest)));
  }

  /** What is written from now on belongs to this call. */
  begin(requestId: string, version: string, keepsTail = false): void {
    this.#call = {
      requestId,
      tail: keepsTail ? "" : undefined,
      memoryBytes: 0,
      hasBegun: false,
      isEnding: false,
      complete: false,
      onComplete: () => {},
    };
    this.platform(this.#options.lines.start(requestId, version));
  }

  /** Calls back when the lines of the call have come, or could be waited for no longer. */
  drain(callback: () => void): void {
    const call = this.#call;
    if (!call || call.complete || this.#closed) {
      callback();
      return;
    }
    call.onComplete = callback;
    if (call.isEnding) return;
    const ms = this.#options.marksLog ? logDrainMsMax : logDrainMsUnmarked;
    const timer = this.#afterReading(ms, () => complete(call));
    call.onComplete = () => {
      timer.cancel();
      callback();
    };
  }

  /** Whether anything has ever come of a call that, as far as its process knew, logged nothing. */
  get isWrittenPast(): boolean {
    return this.#isWrittenPast;
  }

  /**
   * What the process says of the call when it asks for the next one, or, where it `goesOn`, has
   * begun that: what comes from now on belongs to it.
   */
  noteEnd({ isMarked, memoryBytes }: CallEnd, goesOn = false): void {
    const call = this.#call;
    if (!call) return;
    call.memoryBytes = memoryBytes;
    if (goesOn) {
      this.#isWrittenPast ||= call.hasBegun;
      complete(call);
      return;
    }
    if (isMarked || call.isEnding) return;
    call.isEnding = true;
    this.#options.atEndOfTurn(() => {
      this.#isWrittenPast ||= call.hasBegun;
      if (call.hasBegun) this.#afterReading(logDrainMsUnmarked, () => complete(call));
      else complete(call);
    });
  }

  /**
   * In two steps: between them is read what has come, also where the loop is late for both. Timers
   * come before what has been sent meanwhile, so the second step ends with its turn.
   */
  #afterReading(ms: number, callback: () => void): Timer {
    const { clock, atEndOfTurn } = this.#options;
    const stepMs = ms / 2;
    let timer = clock.after(stepMs, () => {
      timer = clock.after(stepMs, () => atEndOfTurn(callback));
    });
    return { cancel: () => timer.cancel() };
  }

  /**
   * Closes the call's log with its report, which is given the memory in bytes; gives its tail,
   * where one was kept.
   */
  end(report: (memoryBytes: number) => CallReport): Uint8Array {
    const call = this.#call;
    if (!call) return noBytes;
    const { lines } = this.#options;
    const reported = report(call.memoryBytes);
    this.platform(lines.end(reported));
    this.platform(lines.report(reported));
    this.#call = undefined;
    return call.tail === undefined ? noBytes : lastWholeText(utf8(call.tail));
  }

  /** Nothing more will come: the process has ended. */
  close(): void {
    this.#closed = true;
    if (this.#call) complete(this.#call);
  }

  /** A line of our own, unless there is nothing to say. */
  platform(text: string | undefined): void {
    if (text !== undefined) this.#write("PLATFORM", text, text);
  }

  /** Writes a line that is longer than one may be in pieces; answers with the last of it. */
  #cut(line: Uint8Array): Uint8Array {
    let left = line;
    while (left.length > logLineBytesMax) {
      const end = pieceEnd(left);
      this.#take(textOf(left.subarray(0, end)));
      left = left.subarray(end);
    }
    return left;
  }

  #take(line: string): void {
    const mark = this.#options.marksLog && line.includes("\0") ? markLine.exec(line) : null;
    if (mark) {
      if (mark[1]) this.#take(mark[1]);
      const call = this.#call;
      if (!call || mark[2] !== call.requestId) return; // nobody has waited for it so long
      call.memoryBytes = Number(mark[3]);
      this.#options.atEndOfTurn(() => complete(call));
      return;
    }
    const read = readApplicationLine(line, this.#options.logging);
    if (read) this.#write(read.level, read.text, read.raw);
  }

  #write(level: LineLevel, text: string, raw: string): void {
    const call = this.#call;
    const { functionName, write, log } = this.#options;
    write({ functionName, requestId: call?.requestId, level, text, raw, log });
    if (call?.tail === undefined) return;
    call.tail += `${raw}\n`;
    if (call.tail.length > 4 * logTailBytesMax) call.tail = call.tail.slice(-logTailBytesMax);
  }
}

/** Of the process with these variables. */
export function logNameOf(variables: Record<string, string>): LogName {
  const { AWS_LAMBDA_LOG_GROUP_NAME: group = "", AWS_LAMBDA_LOG_STREAM_NAME: stream = "" } =
    variables;
  return { group, stream };
}

/** Once, whichever comes first: the mark, the word that there is none, the time or the end. */
function complete(call: CallLog): void {
  if (call.complete) return;
  call.complete = true;
  call.onComplete();
}

/** Where a piece of a longer line ends: not inside of a character, and not inside of a mark. */
function pieceEnd(line: Uint8Array): number {
  let end = logLineBytesMax;
  for (let back = 0; back < 3 && (line[end]! & 0xc0) === 0x80; back += 1) end -= 1;
  const zero = line.lastIndexOf(0, end - 1);
  return end - zero < markBytesMax && zero > 0 ? zero : end;
}

/** The last `logTailBytesMax` bytes, from the first whole character on. */
function lastWholeText(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= logTailBytesMax) return bytes;
  let start = bytes.length - logTailBytesMax;
  while ((bytes[start]! & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
