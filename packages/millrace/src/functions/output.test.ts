import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { concatBytes, ManualClock, type Timer, textOf, utf8 } from "../base/mod.ts";
import { logDrainMsMax, logDrainMsUnmarked, logLineBytesMax } from "./limits.ts";
import { PlatformLines } from "./logging/platform-lines.ts";
import type { LoggingSettings } from "./logging/settings.ts";
import { type FunctionLine, Output } from "./output.ts";

const log = { group: "g", stream: "s" };
const logging: LoggingSettings = { format: "Text" };

/** Its timers may be late, as where the loop has been blocked. */
class StallingClock extends ManualClock {
  #stalled: (() => void)[] | undefined;

  override after(delayMs: number, callback: () => void): Timer {
    return super.after(delayMs, () => {
      if (this.#stalled) this.#stalled.push(callback);
      else callback();
    });
  }

  /** What falls due on the way is called at its end. */
  stall(ms: number): void {
    this.#stalled = [];
    this.advance(ms);
    const callbacks = this.#stalled;
    this.#stalled = undefined;
    for (const callback of callbacks) callback();
  }
}

function create(marksLog = true) {
  const lines: FunctionLine[] = [];
  const clock = new StallingClock();
  const output = new Output({
    marksLog,
    functionName: "f",
    logging,
    lines: new PlatformLines({
      settings: logging,
      runtime: "nodejs22.x",
      region: "eu-central-1",
      memoryMegabytes: 128,
      clock,
    }),
    log,
    clock,
    atEndOfTurn: setImmediate,
    write: (line) => lines.push(line),
  });
  return { output, lines, clock };
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function drain(output: Output): Promise<void> {
  return new Promise((resolve) => output.drain(resolve));
}

describe("what a process writes", () => {
  test("becomes the same lines however it is cut", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "ü", "\u{1f41f}", " "), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (texts, cuts) => {
        const bytes = concatBytes(texts.map((text) => utf8(`${text}\n`)));
        const chunks: Uint8Array[] = [];
        let start = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
          const end = Math.min(Math.max(cut, start), bytes.length);
          chunks.push(bytes.slice(start, end));
          start = end;
        }
        const { output, lines } = create();
        await output.read(streamOf(chunks));
        expect(lines.map(({ text }) => text)).toEqual(texts);
      }),
    );
  });

  test("without newlines is cut into lines that are bounded", async () => {
    const { output, lines } = create();
    await output.read(streamOf(Array.from({ length: 100 }, () => utf8("x".repeat(4096)))));
    expect(lines.every(({ text }) => text.length <= logLineBytesMax)).toBe(true);
    expect(lines.map(({ text }) => text).join("")).toBe("x".repeat(409_600));
  });

  test("is cut between characters, also where much of it comes at once", async () => {
    for (const ending of ["", "\n"]) {
      const { output, lines } = create();
      const text = `x${"ü".repeat(300_000)}`;
      await output.read(streamOf([utf8(`${text}${ending}`)]));
      expect(lines.every((line) => utf8(line.text).length <= logLineBytesMax)).toBe(true);
      expect(lines.map((line) => line.text).join("")).toBe(text);
    }
  });

  test("is cut beside a mark, wherever that stands", async () => {
    for (let before = logLineBytesMax - 30; before <= logLineBytesMax + 1; before += 1) {
      const { output, lines } = create();
      output.begin("r1", "$LATEST", true);
      const drained = drain(output);
      const text = `${"x".repeat(before)}\0end r1 7\n`;
      await output.read(streamOf([utf8(text.slice(0, -4)), utf8(text.slice(-4))]));
      await drained;
      expect(lines.map((line) => line.text.replaceAll("x", ""))).toEqual(
        before > logLineBytesMax ? [lines[0]!.text, "", ""] : [lines[0]!.text, ""],
      );
    }
  });

  test("knows its level and its call", async () => {
    const { output, lines } = create();
    output.begin("r1", "$LATEST", true);
    const time = "2026-01-01T00:00:00.000Z";
    await output.read(streamOf([utf8(`${time}\tr1\tWARN\tone\rtwo\nraw\r\n`)]));
    const mine = { functionName: "f", requestId: "r1", log };
    const start = "START RequestId: r1 Version: $LATEST";
    expect(lines).toEqual([
      { ...mine, level: "PLATFORM", text: start, raw: start },
      { ...mine, level: "WARN", text: "one\ntwo", raw: `${time}\tr1\tWARN\tone\ntwo` },
      { ...mine, level: "INFO", text: "raw", raw: "raw" },
    ]);
  });
});

describe("the log of a call", () => {
  test("is complete with the mark of that call, or after a bound", async () => {
    const { output, clock } = create();
    output.begin("r1", "$LATEST", true);
    let drained = false;
    const done = drain(output).then(() => {
      drained = true;
    });
    await output.read(streamOf([utf8("\0end r0 5\n")]));
    expect(drained).toBe(false);
    await output.read(streamOf([utf8("unended\0end r1 5\n")]));
    await done;
    const report = { requestId: "r1", durationMs: 1.5 };
    const tail = textOf(output.end((memoryBytes) => ({ ...report, memoryBytes })));
    expect(tail).toEndWith(
      "\nunended\nEND RequestId: r1\nREPORT RequestId: r1\tDuration: 1.50 ms\t" +
        "Billed Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\t\n",
    );
    output.begin("r2", "$LATEST", true);
    const second = drain(output);
    clock.advance(logDrainMsMax);
    await second;
  });

  test("has a tail of at most 4 kB of whole characters", async () => {
    const { output } = create();
    output.begin("r1", "$LATEST", true);
    await output.read(streamOf([utf8(`a${"\u{1f41f}\n".repeat(5000)}`)]));
    const tail = output.end(() => ({ requestId: "r1", durationMs: 1, memoryBytes: 1 }));
    expect(tail.length).toBeLessThanOrEqual(4096);
    expect(tail.length).toBeGreaterThan(4090);
    expect(textOf(tail)).not.toContain("\ufffd");
    expect(textOf(tail)).toContain("END RequestId: r1\nREPORT ");
  });
});

test.each([true, false])(
  "what came while the server stalled is read before the log is given up (its end has a mark: %p)",
  async (marksLog) => {
    const { output, lines, clock } = create(marksLog);
    output.begin("r1", "1", true);
    const ended = drain(output).then(() => {
      output.end((memoryBytes) => ({ requestId: "r1", durationMs: 1, memoryBytes }));
    });
    clock.stall(10 * logDrainMsMax);
    await output.read(streamOf([utf8("a line\n")]));
    clock.advance(logDrainMsMax);
    await ended;
    const texts = lines.map(({ requestId, text }) => [requestId, text.split(" ")[0]]);
    expect(texts).toEqual(["START", "a", "END", "REPORT"].map((text) => ["r1", text]));
  },
);

test.each([true, false])(
  "what came while the server stalled towards the end of the wait is read too (a mark: %p)",
  async (marksLog) => {
    const { output, lines, clock } = create(marksLog);
    output.begin("r1", "1", true);
    const ended = drain(output).then(() => {
      output.end((memoryBytes) => ({ requestId: "r1", durationMs: 1, memoryBytes }));
    });
    clock.advance((marksLog ? logDrainMsMax : logDrainMsUnmarked) / 2);
    clock.stall(10 * logDrainMsMax);
    await output.read(streamOf([utf8("a line\n")]));
    await ended;
    const texts = lines.map(({ requestId, text }) => [requestId, text.split(" ")[0]]);
    expect(texts).toEqual(["START", "a", "END", "REPORT"].map((text) => ["r1", text]));
  },
);

test("what came on the other stream in the turn of the mark belongs to its call", async () => {
  const { output, lines } = create();
  output.begin("r1", "1", true);
  const ended = drain(output).then(() => {
    output.end((memoryBytes) => ({ requestId: "r1", durationMs: 1, memoryBytes }));
  });
  await output.read(streamOf([utf8("\0end r1 5\n")]));
  await output.read(streamOf([utf8("an error\n")]));
  await ended;
  const texts = lines.map(({ requestId, text }) => [requestId, text.split(" ")[0]]);
  expect(texts).toEqual(["START", "an", "END", "REPORT"].map((text) => ["r1", text]));
});

describe("the log of a call without a mark", () => {
  const endOfTurn = () => new Promise(setImmediate);
  const isDrained = (output: Output) => {
    return Promise.race([drain(output).then(() => true), endOfTurn().then(() => false)]);
  };

  test("is complete at the end of the turn in which the process says that there is none", async () => {
    const { output } = create();
    output.begin("r1", "1", true);
    expect(await isDrained(output)).toBe(false);
    output.noteEnd({ isMarked: false, memoryBytes: 5 });
    await endOfTurn();
    expect(await isDrained(output)).toBe(true);
  });

  test("has a moment more when something came past the console", async () => {
    const { output, clock, lines } = create();
    output.begin("r1", "1", true);
    await output.read(streamOf([utf8("of a child\n")]));
    output.noteEnd({ isMarked: false, memoryBytes: 5 });
    await endOfTurn();
    expect(await isDrained(output)).toBe(false);
    clock.advance(logDrainMsUnmarked);
    expect(await isDrained(output)).toBe(true);
    expect(lines.at(-1)).toMatchObject({ requestId: "r1", text: "of a child" });
  });

  test("waits for the mark where the process says that there is one", async () => {
    const { output } = create();
    output.begin("r1", "1", true);
    output.noteEnd({ isMarked: true, memoryBytes: 5 });
    await endOfTurn();
    expect(await isDrained(output)).toBe(false);
    await output.read(streamOf([utf8("\0end r1 7\n")]));
    expect(await isDrained(output)).toBe(true);
  });
});

test("a mark that nobody waits for any more is no line of the log", async () => {
  const { output, lines } = create();
  await output.read(streamOf([utf8("last words\0end r1 7\n")]));
  expect(lines.map(({ text }) => text)).toEqual(["last words"]);
});
