/**
 * Asynchronous calls on disk, over the `Records` port, from their acceptance until they are done.
 *
 *   space `function-events`          sequence -> the event, as JSON
 *   space `function-event-payloads`  sequence -> the payload, as it came
 *
 * An event whose destination is another function becomes that function's event in one step: a crash
 * finds the one or the other, never both and never neither.
 */

import { type Change, entriesOf, type Records } from "../../storage/mod.ts";
import {
  type AsyncEvent,
  decodeEvent,
  decodeSequence,
  encodeEvent,
  encodeSequence,
} from "./event.ts";

const eventsSpace = "function-events";
const payloadsSpace = "function-event-payloads";

export interface NewEvent {
  readonly event: AsyncEvent;
  readonly payload: Uint8Array;
}

export class EventStore {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Answers when the event is durable. */
  add(added: NewEvent): Promise<void> {
    return this.#store(additions(added));
  }

  /** Keeps how often the event was tried; its payload stays. */
  update(event: AsyncEvent): Promise<void> {
    return this.#store([eventChange(event)]);
  }

  /** Forgets the event; `next` takes its place at the same moment. */
  remove({ sequence }: AsyncEvent, next?: NewEvent): Promise<void> {
    const key = encodeSequence(sequence);
    const removals = [eventsSpace, payloadsSpace].map((space) => ({
      space,
      key,
      value: undefined,
    }));
    return this.#store([...removals, ...(next ? additions(next) : [])]);
  }

  /** `undefined`: it is not there, as no crash leaves it. */
  async readPayload({ sequence }: AsyncEvent): Promise<Uint8Array | undefined> {
    return this.#records.get({ space: payloadsSpace, key: encodeSequence(sequence) });
  }

  /** Every event that is kept, in the order of acceptance. */
  async *load(): AsyncGenerator<AsyncEvent> {
    for await (const { key, value } of entriesOf(this.#records, { space: eventsSpace })) {
      yield decodeEvent(decodeSequence(key), value);
    }
  }

  #store(changes: readonly Change[]): Promise<void> {
    return this.#records.update([], () => ({ changes, result: undefined }));
  }
}

function additions({ event, payload }: NewEvent): Change[] {
  const key = encodeSequence(event.sequence);
  return [eventChange(event), { space: payloadsSpace, key, value: payload }];
}

function eventChange(event: AsyncEvent): Change {
  const key = encodeSequence(event.sequence);
  return { space: eventsSpace, key, value: encodeEvent(event) };
}
