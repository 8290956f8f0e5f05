/**
 * What an environment writes, as lines of the log that know their call.
 *
 * A call's log is complete when the bootstrap's mark has come, which it writes before it answers;
 * an environment takes its next call only then. So every line belongs to the call in hand, and
 * lines outside of any call belong to none.
 */

import { type Clock, concatBytes, textOf, utf8 } from "../base/mod.ts";
import { logDrainMsMax, logDrainMsUnmarked, logLineBytesMax, logTailBytesMax } from "./limits.ts";

export type LineLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL" | "PLATFORM";

export interface FunctionLine {
  readonly functionName: string;
  /** Absent for what is written outside of a call. */
  readonly requestId: string | undefined;
  /** `PLATFORM`: START, END, REPORT and the like, written by us. */
  readonly level: LineLevel;
  /** May hold newlines and anything else a handler writes. */
  readonly text: string;
}

export interface OutputOptions {
  readonly functionName: string;
  /** Whether a mark stands behind each call's log; where none does, lines have a moment to come. */
  readonly marksLog: boolean;
  readonly clock: Clock;
  readonly write: (line: FunctionLine) => void;
}

interface CallLog {
  readonly requestId: string;
  tail: string;
  memoryBytes: number;
  complete: boolean;
  onComplete: () => void;
}

/** Our bootstrap's console lines: time, request id, level, text. */
const consoleLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t\S+\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/s;
/** The mark stands behind whatever the handler wrote without ending the line. */
const markLine = /^(.*)\0end (\S+) (\d+)$/s;
const newline = 0x0a;

export class Output {
  readonly #options: OutputOptions;
  #call: CallLog | undefined;
  #closed = false;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Reads lines until the stream ends. */
  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest: Uint8Array[] = [];
    let restBytes = 0;
    for await (const chunk of stream) {
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        this.#take(textOf(concatBytes([...rest, chunk.subarray(start, at)])));
        rest = [];
        restBytes = 0;
        start = at + 1;
      }
      rest.push(chunk.slice(start));
      restBytes += chunk.length - start;
      if (restBytes < logLineBytesMax) continue;
      this.#take(textOf(concatBytes(rest)));
      rest = [];
      restBytes = 0;
    }
    if (restBytes > 0) this.#take(textOf(concatBytes(rest)));
  }

  /** What is written from now on belongs to this call. */
  begin(requestId: string, version: string): void {
    const call = { requestId, tail: "", memoryBytes: 0, complete: false, onComplete: () => {} };
    this.#call = call;
    this.platform(`START RequestId: ${requestId} Version: ${version}`);
  }

  /** Answers when the lines of the call have come, or could be waited for no longer. */
  drain(): Promise<void> {
    const call = this.#call;
    if (!call || call.complete || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const { clock, marksLog } = this.#options;
      const timer = clock.after(marksLog ? logDrainMsMax : logDrainMsUnmarked, resolve);
      call.onComplete = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** Closes the call's log with `report`, which gets the memory in bytes; gives its tail. */
  end(report: (memoryBytes: number) => string): Uint8Array {
    const call = this.#call;
    if (!call) return new Uint8Array(0);
    this.platform(`END RequestId: ${call.requestId}`);
    this.platform(report(call.memoryBytes));
    this.#call = undefined;
    return lastWholeText(utf8(call.tail));
  }

  /** Nothing more will come: the process has ended. */
  close(): void {
    this.#closed = true;
    this.#call?.onComplete();
  }

  /** A line of our own. */
  platform(text: string): void {
    this.#write("PLATFORM", text, text);
  }

  #take(line: string): void {
    const mark = markLine.exec(line);
    if (mark && this.#call && mark[2] === this.#call.requestId) {
      if (mark[1]) this.#take(mark[1]);
      this.#call.memoryBytes = Number(mark[3]);
      this.#call.complete = true;
      this.#call.onComplete();
      return;
    }
    const console = consoleLine.exec(line);
    const shown = line.replace(/\r$/, "").replaceAll("\r", "\n");
    if (console) this.#write(console[1] as LineLevel, console[2]!.replaceAll("\r", "\n"), shown);
    else this.#write("INFO", shown, shown);
  }

  #write(level: LineLevel, text: string, tailText: string): void {
    const call = this.#call;
    const { functionName, write } = this.#options;
    write({ functionName, requestId: call?.requestId, level, text });
    if (!call) return;
    call.tail += `${tailText}\n`;
    if (call.tail.length > 4 * logTailBytesMax) call.tail = call.tail.slice(-logTailBytesMax);
  }
}

/** The last `logTailBytesMax` bytes, from the first whole character on. */
function lastWholeText(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= logTailBytesMax) return bytes;
  let start = bytes.length - logTailBytesMax;
  while ((bytes[start]! & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
