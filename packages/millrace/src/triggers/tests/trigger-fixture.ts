/** Streams and functions of the mind, for tests of triggers: they answer as a test says. */

import { type Logger, ManualClock, textOf, utf8 } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import {
  type CallResult,
  type DiscardedObject,
  type FunctionCall,
  type NewTrigger,
  type StreamPorts,
  type StreamRecord,
  settingsDefault,
  Triggers,
  type TriggersOptions,
} from "../mod.ts";

export const streamArn = "arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/2026";
export const shardId = "shardId-00000000000000000000-00000001";

export const wish: NewTrigger = {
  ...settingsDefault,
  functionName: "f",
  streamArn,
  startingPosition: "TRIM_HORIZON",
};

interface KeptShard {
  readonly id: string;
  readonly parentId?: string;
  isOpen: boolean;
  readonly records: StreamRecord[];
}

/** Sequence numbers are texts of one width, so that they compare as they are. */
export class FakeStream {
  readonly shards: KeptShard[] = [{ id: shardId, isOpen: true, records: [] }];
  readonly #clock: ManualClock;
  readonly reads: string[] = [];
  /** Iterators from before this are no good any more. */
  epoch = 0;
  isOver = false;
  isGone = false;
  tellsOfChanges = true;
  isGapless = true;
  #count = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  add(itemKey: string, more: object = {}, to = this.shards.at(-1)!): StreamRecord {
    this.#count += 1;
    const sequence = String(this.#count).padStart(6, "0");
    const json = JSON.stringify({ dynamodb: { SequenceNumber: sequence, Keys: itemKey, ...more } });
    const createdMs = Math.floor(this.#clock.now() / 1000) * 1000;
    const record = { sequence, createdMs, itemKey, json, bytes: utf8(json).length };
    to.records.push(record);
    return record;
  }

  ports(): StreamPorts {
    const shardOf = (id: string) => this.shards.find((shard) => shard.id === id);
    return {
      tellsOfChanges: this.tellsOfChanges,
      isGapless: this.isGapless,
      currentOf: async () => (this.isGone ? undefined : streamArn),
      describe: async () =>
        this.isGone ? undefined : { shards: this.shards, isOver: this.isOver },
      open: async (_arn, id, place) => {
        const shard = shardOf(id);
        if (this.isGone || !shard) return { kind: "gone" };
        const found =
          place === "oldest"
            ? 0
            : place === "newest"
              ? shard.records.length
              : shard.records.findIndex(({ sequence }) => sequence > place.after);
        const at = found < 0 ? shard.records.length : found;
        return { kind: "open", iterator: `${this.epoch} ${id} ${at}` };
      },
      read: async (_arn, iterator, countMax) => {
        this.reads.push(iterator);
        const [epoch, id, at] = iterator.split(" ");
        const shard = shardOf(id!);
        if (this.isGone || !shard) return { kind: "gone" };
        if (Number(epoch) < this.epoch) return { kind: "expired" };
        const records = shard.records.slice(Number(at), Number(at) + countMax);
        const next = Number(at) + records.length;
        const isEnd = !shard.isOpen && next === shard.records.length;
        return { kind: "read", records, next: isEnd ? undefined : `${epoch} ${id} ${next}` };
      },
    };
  }
}

export type Answer = (sequences: readonly string[], call: FunctionCall) => CallResult;

export const done: CallResult = answered(null);
export const failure: CallResult = {
  ...answered({ errorType: "Error", errorMessage: "boom" }),
  functionError: "Unhandled",
};

export function answered(value: unknown) {
  const payload = utf8(JSON.stringify(value));
  return { kind: "answered", payload, version: "$LATEST", requestId: "r" } as const;
}

export function sequencesOf(call: FunctionCall): string[] {
  const { Records } = JSON.parse(textOf(call.payload));
  return Records.map((record: { dynamodb: { SequenceNumber: string } }) => {
    return record.dynamodb.SequenceNumber;
  });
}

export interface World {
  readonly clock: ManualClock;
  readonly stream: FakeStream;
  readonly records: Records;
  readonly triggers: Triggers;
  /** The sequences of each call. */
  readonly calls: string[][];
  readonly logged: string[];
  readonly kept: DiscardedObject[];
  answer: Answer;
  /** Others over the same records. */
  restart(): Triggers;
  /** Lets everything happen that is due, in so many steps of a second. */
  run(seconds?: number): Promise<void>;
  /** The same as `wake` for everybody. */
  add(...itemKeys: string[]): string[];
  create(changes?: Partial<NewTrigger>): Promise<string>;
}

export function openWorld(changes: Partial<TriggersOptions["ports"]> = {}): World {
  const clock = new ManualClock();
  const stream = new FakeStream(clock);
  const records = openMemoryRecords();
  const [calls, logged, kept] = [[] as string[][], [] as string[], [] as DiscardedObject[]];
  const log = (what: string, fields: object = {}) => {
    logged.push(`${what} ${JSON.stringify(fields)}`);
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const options: TriggersOptions = {
    records,
    clock,
    logger,
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)), fraction: () => 0 },
    ports: {
      streams: stream.ports(),
      payloadBytesMax: 6_291_456,
      hasFunction: () => true,
      functionArn: (name, qualifier) => `arn:${name}${qualifier ? `:${qualifier}` : ""}`,
      streamRefusal: async () => undefined,
      bucketProblem: async () => undefined,
      async call(call) {
        calls.push(sequencesOf(call));
        await turn();
        return world.answer(calls.at(-1)!, call);
      },
      keepDiscarded: async (_name, object) => void kept.push(object),
      ...changes,
    },
  };
  const triggers = new Triggers(options);
  const world: World = {
    ...{ clock, stream, records, triggers, calls, logged, kept },
    restart: () => new Triggers(options),
    answer: () => done,
    async run(seconds = 0) {
      for (let second = 0; second <= seconds; second += 1) {
        for (let at = 0; at < 30; at += 1) await turn();
        if (second < seconds) clock.advance(1000);
      }
    },
    add(...itemKeys) {
      const added = itemKeys.map((itemKey) => stream.add(itemKey).sequence);
      triggers.wake("t");
      return added;
    },
    async create(more = {}) {
      const outcome = await triggers.create({ ...wish, ...more });
      if (!outcome.ok) throw new Error(outcome.problem.message);
      await world.run();
      return outcome.trigger.mapping.id;
    },
  };
  return world;
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
