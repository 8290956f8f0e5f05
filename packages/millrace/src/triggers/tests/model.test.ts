/**
 * Any settings, any failures, any kill: every record that is wanted is done or given up, none is
 * called before those of its item that came earlier, and what is kept is never ahead of the work.
 */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { ManualClock, silentLogger, textOf } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { type CallResult, type NewTrigger, Triggers } from "../mod.ts";
import { answered, FakeStream, failure, turn, wish } from "./trigger-fixture.ts";

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("add", "add", "wait") },
  { weight: 1, arbitrary: fc.constant("kill") },
  { weight: 1, arbitrary: fc.constant("toggle") },
);

const settings = fc.record({
  batchSize: fc.integer({ min: 1, max: 7 }),
  lanes: fc.integer({ min: 1, max: 4 }),
  batchingWindowSeconds: fc.constantFrom(0, 0, 2),
  retryAttemptsMax: fc.constantFrom(-1, 0, 1, 3),
  bisects: fc.boolean(),
  reportsItemFailures: fc.boolean(),
  filters: fc.constantFrom([], ['{"dynamodb":{"wanted":[true]}}']),
  tumblingWindowSeconds: fc.constantFrom(0, 0, 3),
  startingPosition: fc.constantFrom("TRIM_HORIZON" as const, "LATEST" as const),
});

/** Kills before much has been read. */
const early = fc.array(fc.constantFrom("add", "kill"), { maxLength: 5 });

/** What a call comes to; `share`: of its records, how far it got. */
const outcome = fc.record({
  kind: fc.constantFrom("done", "done", "failed", "partial", "not-run"),
  share: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

interface Called {
  readonly sequence: string;
  readonly itemKey: string;
}

/** Of a call in a window, whose state is the list of all that was done in it. */
interface CalledInWindow {
  readonly window?: { readonly start: string; readonly end: string };
  readonly state?: { readonly list?: readonly string[] };
  readonly isFinalInvokeForWindow?: boolean;
}

class Model {
  readonly clock = new ManualClock();
  readonly stream = new FakeStream(this.clock);
  readonly records = openMemoryRecords();
  readonly wanted: Called[] = [];
  /** Done or given up, in any life. */
  readonly finished = new Set<string>();
  readonly givenUp = new Set<string>();
  readonly #createdMs = new Map<string, number>();
  readonly problems: string[] = [];
  readonly running = new Set<string>();
  readonly #outcomes: readonly { kind: string; share: number }[];
  readonly #settings: NewTrigger;
  #calls = 0;
  #life = 0;
  #all: Called[] = [];
  triggers: Triggers;

  constructor(settings: NewTrigger, outcomes: readonly { kind: string; share: number }[]) {
    this.#settings = settings;
    this.#outcomes = outcomes;
    this.triggers = this.#open();
  }

  /** From before the trigger: with LATEST they are none of its. */
  addOld(): void {
    for (let change = 0; change < 4; change += 1) this.#change(change);
    if (this.#settings.startingPosition === "LATEST") {
      for (const { sequence } of this.wanted.splice(0)) this.finished.add(sequence);
    }
    this.clock.advance(2000);
  }

  /** Four changes, some of one item. */
  add(at: number): void {
    for (let change = 0; change < 4; change += 1) this.#change(at + change);
    this.triggers.wake("t");
  }

  #change(at: number): void {
    const itemKey = `k${(at * 7) % 3}`;
    const wanted = at % 4 !== 0;
    const { sequence, createdMs } = this.stream.add(itemKey, { itemKey, wanted });
    this.#createdMs.set(sequence, createdMs);
    this.#all.push({ sequence, itemKey });
    if (wanted || this.#settings.filters.length === 0) this.wanted.push({ sequence, itemKey });
    else this.finished.add(sequence);
  }

  /** What ran in the old life hears and keeps nothing any more. */
  async kill(): Promise<void> {
    this.#life += 1;
    this.running.clear();
    const old = this.triggers;
    this.triggers = this.#open();
    void old.close();
    await this.triggers.start([]);
    this.triggers.begin();
  }

  async run(seconds: number): Promise<void> {
    for (let second = 0; second <= seconds; second += 1) {
      for (let at = 0; at < 12; at += 1) await turn();
      if (second < seconds) this.clock.advance(1000);
    }
  }

  #open(): Triggers {
    const life = this.#life;
    return new Triggers({
      clock: this.clock,
      records: this.#recordsOf(life),
      logger: silentLogger,
      random: {
        bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
        fraction: () => 0,
      },
      ports: {
        streams: this.stream.ports(),
        payloadBytesMax: 700,
        hasFunction: () => true,
        functionArn: (name) => name,
        streamRefusal: async () => undefined,
        bucketProblem: async () => undefined,
        call: ({ payload }) => this.#call(life, JSON.parse(textOf(payload))),
        keepDiscarded: async (_name, { bytes }) => {
          if (life !== this.#life) return;
          const { Records } = JSON.parse(JSON.parse(textOf(bytes)).payload);
          for (const { dynamodb } of Records) {
            this.finished.add(dynamodb.SequenceNumber);
            this.givenUp.add(dynamodb.SequenceNumber);
          }
        },
      },
    });
  }

  /** Of a life that is over nothing comes onto the disk, which takes its time. */
  #recordsOf(life: number): Records {
    const { records } = this;
    return {
      ...records,
      get: (address) => records.get(address),
      range: (range) => records.range(range),
      update: async (reads, decide) => {
        await turn();
        if (life !== this.#life) return new Promise(() => {});
        return records.update(reads, (values) => {
          const decided = decide(values);
          for (const { space, value } of decided.changes) {
            if (space === "trigger-positions" && value) this.#checkPosition(textOf(value));
          }
          return decided;
        });
      },
    };
  }

  #checkPosition(text: string): void {
    const { after = "" } = JSON.parse(text);
    for (const { sequence } of this.#all) {
      if (sequence <= after && !this.finished.has(sequence)) {
        this.problems.push(`${sequence} is not finished, and the position is ${after}`);
      }
    }
  }

  async #call(
    life: number,
    event: CalledInWindow & {
      readonly Records: { dynamodb: { SequenceNumber: string; itemKey: string } }[];
    },
  ): Promise<CallResult> {
    const called = event.Records.map(({ dynamodb }) => {
      return { sequence: dynamodb.SequenceNumber, itemKey: dynamodb.itemKey };
    });
    if (life === this.#life) this.#checkCall(called);
    if (life === this.#life && event.window) this.#checkWindow(event, called);
    const { kind, share } = this.#outcomes[this.#calls++] ?? { kind: "done", share: 0 };
    await turn();
    await turn();
    if (life !== this.#life) return new Promise(() => {});
    for (const { itemKey } of called) this.running.delete(itemKey);
    if (kind === "not-run") return { kind, reason: "throttled" };
    if (kind === "failed") return failure;
    const reports = this.#settings.reportsItemFailures && called.length > 0;
    const isPartial = kind === "partial" && reports;
    const from = isPartial ? Math.floor(share * called.length) : called.length;
    const sequences = called.slice(0, from).map(({ sequence }) => sequence);
    for (const sequence of sequences) this.finished.add(sequence);
    const list = [...(event.state?.list ?? []), ...sequences];
    const items = isPartial ? [{ itemIdentifier: called[from]!.sequence }] : [];
    return answered({ batchItemFailures: items, ...(event.window && { state: { list } }) });
  }

  /** What the state has is of the window and before the call; in the end it has all. */
  #checkWindow(event: CalledInWindow, called: readonly Called[]): void {
    const [startMs, endMs] = [Date.parse(event.window!.start), Date.parse(event.window!.end)];
    const list = event.state!.list ?? [];
    const isInside = (sequence: string) => {
      const createdMs = this.#createdMs.get(sequence)!;
      return createdMs >= startMs && createdMs < endMs;
    };
    const all = [...list, ...called.map(({ sequence }) => sequence)];
    if (!all.every(isInside)) this.problems.push("a record is in another's window");
    if (new Set(all).size < all.length) this.problems.push("a record is counted twice");
    if (!event.isFinalInvokeForWindow) return;
    for (const { sequence } of this.wanted) {
      if (!isInside(sequence) || this.givenUp.has(sequence) || list.includes(sequence)) continue;
      this.problems.push(`${sequence} is missing in the end of its window`);
    }
  }

  #checkCall(called: readonly Called[]): void {
    const inside = new Set(called.map(({ sequence }) => sequence));
    if (called.length > this.#settings.batchSize) this.problems.push("too many records in a call");
    for (const [at, { sequence, itemKey }] of called.entries()) {
      if (at > 0 && called[at - 1]!.sequence >= sequence) this.problems.push("out of order");
      if (this.running.has(itemKey)) this.problems.push(`${itemKey} runs twice`);
      if (!this.wanted.some((one) => one.sequence === sequence)) this.problems.push("not wanted");
      for (const one of this.wanted) {
        if (one.itemKey !== itemKey || one.sequence >= sequence) continue;
        if (this.finished.has(one.sequence) || inside.has(one.sequence)) continue;
        this.problems.push(`${sequence} is called before ${one.sequence}`);
      }
    }
    for (const { itemKey } of called) this.running.add(itemKey);
  }
}

test("whatever fails, nothing is lost and no item's changes are called out of turn", async () => {
  await fc.assert(
    fc.asyncProperty(
      settings,
      early,
      fc.array(step, { maxLength: 40 }),
      fc.array(outcome, { maxLength: 40 }),
      async (drawn, beginning, later, outcomes) => {
        const steps = [...beginning, ...later];
        const chosen = { ...drawn, lanes: drawn.tumblingWindowSeconds > 0 ? 1 : drawn.lanes };
        const model = new Model({ ...wish, ...chosen, failureBucket: "lost" }, outcomes);
        model.addOld();
        const made = await model.triggers.create({ ...wish, ...chosen, failureBucket: "lost" });
        if (!made.ok) throw new Error(made.problem.message);
        const { id } = made.trigger.mapping;
        await model.run(0);
        let isEnabled = true;
        const toggle = async (to: boolean) => {
          const outcome = await model.triggers.update(id, { isEnabled: to });
          if (outcome.ok) isEnabled = to;
        };
        for (const [at, what] of steps.entries()) {
          if (what === "add") model.add(at);
          else if (what === "kill") await model.kill();
          else if (what === "toggle") await toggle(!isEnabled);
          else await model.run(2);
          await turn();
        }
        // Every outcome that fails has been used up after so many pauses.
        for (let at = 0; at < 50 && !isEnabled; at += 1) {
          await model.run(60);
          await toggle(true);
        }
        for (let at = 0; at < 60; at += 1) {
          await model.run(0);
          model.clock.advance(61_000);
        }
        await model.run(1);
        expect(model.problems).toEqual([]);
        const missing = model.wanted.filter(({ sequence }) => !model.finished.has(sequence));
        expect(missing).toEqual([]);
        await model.triggers.close();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
