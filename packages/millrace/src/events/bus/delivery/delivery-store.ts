/**
 * Deliveries on disk, over the `Records` port, from the acceptance of their event until they are
 * over.
 *
 *   space `event-deliveries`          sequence -> the delivery, as JSON
 *   space `event-delivery-payloads`   sequence -> what the target gets, as it is
 */

import { type Change, entriesOf, type Records } from "../../../storage/mod.ts";
import {
  type Delivery,
  decodeDelivery,
  decodeSequence,
  encodeDelivery,
  encodeSequence,
} from "./delivery.ts";

const deliveriesSpace = "event-deliveries";
const payloadsSpace = "event-delivery-payloads";

export interface NewDelivery {
  readonly delivery: Delivery;
  readonly payload: Uint8Array;
}

export class DeliveryStore {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Answers when all of them are durable; together or not at all. */
  add(added: readonly NewDelivery[]): Promise<void> {
    return this.#store(
      added.flatMap(({ delivery, payload }) => {
        const key = encodeSequence(delivery.sequence);
        return [changeOf(delivery), { space: payloadsSpace, key, value: payload }];
      }),
    );
  }

  /** Keeps how often it was tried. */
  update(delivery: Delivery): Promise<void> {
    return this.#store([changeOf(delivery)]);
  }

  remove({ sequence }: Delivery): Promise<void> {
    const key = encodeSequence(sequence);
    return this.#store(
      [deliveriesSpace, payloadsSpace].map((space) => ({ space, key, value: undefined })),
    );
  }

  /** `undefined`: it is not there, as no crash leaves it. */
  async readPayload({ sequence }: Delivery): Promise<Uint8Array | undefined> {
    return this.#records.get({ space: payloadsSpace, key: encodeSequence(sequence) });
  }

  /** Every one that is kept, in the order of acceptance. */
  async *load(): AsyncGenerator<Delivery> {
    for await (const { key, value } of entriesOf(this.#records, { space: deliveriesSpace })) {
      yield decodeDelivery(decodeSequence(key), value);
    }
  }

  #store(changes: readonly Change[]): Promise<void> {
    return this.#records.update([], () => ({ changes, result: undefined }));
  }
}

function changeOf(delivery: Delivery): Change {
  const key = encodeSequence(delivery.sequence);
  return { space: deliveriesSpace, key, value: encodeDelivery(delivery) };
}
