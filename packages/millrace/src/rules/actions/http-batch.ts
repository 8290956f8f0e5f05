/**
 * Messages for one URL, gathered for a moment and posted as one JSON array.
 *
 * The first bound that is reached sends what is there: how long it was open, how many, how many
 * bytes. The headers are those of the message that was added last. A message that alone has more
 * bytes than a batch may have is sent as a batch of one.
 */

import { concatBytes, type Timer, utf8 } from "../../base/mod.ts";
import type { ActionProblem } from "./action.ts";
import type { HttpItem, HttpSender } from "./http-sender.ts";

export interface BatchConfig {
  readonly maxBatchOpenMs?: number;
  readonly maxBatchSize?: number;
  readonly maxBatchSizeBytes?: number;
  readonly batchAcrossTopics?: boolean;
}

interface Batch {
  readonly items: HttpItem[];
  readonly settle: ((problem: ActionProblem | Promise<ActionProblem>) => void)[];
  /** Of the array as it would be sent. */
  bytes: number;
  readonly timer: Timer;
}

export class BatchSender {
  readonly #sender: HttpSender;
  readonly #config: Required<BatchConfig>;
  /** Those that are open. */
  readonly #batches = new Map<string, Batch>();

  constructor(sender: HttpSender, config: BatchConfig) {
    this.#sender = sender;
    this.#config = {
      maxBatchOpenMs: config.maxBatchOpenMs ?? 20,
      maxBatchSize: config.maxBatchSize ?? 10,
      maxBatchSizeBytes: config.maxBatchSizeBytes ?? 5120,
      batchAcrossTopics: config.batchAcrossTopics ?? false,
    };
  }

  /** What became of the batch that the message is part of. */
  send(item: HttpItem): ActionProblem | Promise<ActionProblem> {
    const { output, context } = item.input;
    if (output.value === undefined) return "the result is not JSON, which a batch is made of";
    const { batchAcrossTopics, maxBatchSize, maxBatchSizeBytes } = this.#config;
    const key = JSON.stringify([item.url, batchAcrossTopics ? "" : context.receivedOn]);
    const length = output.bytes.length + 1; // with the comma or bracket behind it
    const open = this.#batches.get(key);
    if (open && open.bytes + length > maxBatchSizeBytes) this.#flush(key);
    const batch = this.#batches.get(key) ?? this.#open(key, item);
    batch.items.push(item);
    batch.bytes += length;
    const settled = new Promise<ActionProblem>((resolve) => batch.settle.push(resolve));
    const isFull = batch.items.length >= maxBatchSize || batch.bytes >= maxBatchSizeBytes;
    if (isFull) this.#flush(key);
    return settled;
  }

  #open(key: string, { input }: HttpItem): Batch {
    const timer = input.clock.after(this.#config.maxBatchOpenMs, () => this.#flush(key));
    const batch = { items: [], settle: [], bytes: 1, timer };
    this.#batches.set(key, batch);
    return batch;
  }

  #flush(key: string): void {
    const batch = this.#batches.get(key);
    if (!batch) return;
    this.#batches.delete(key);
    batch.timer.cancel();
    const { url, headers, input } = batch.items.at(-1)!;
    const sent = this.#sender.post({
      url,
      headers: headers.filter(([name]) => name.toLowerCase() !== "content-type"),
      contentType: "application/json",
      body: arrayOf(batch.items),
      messageCount: batch.items.length,
      clock: input.clock,
    });
    for (const settle of batch.settle) settle(sent);
  }
}

function arrayOf(items: readonly HttpItem[]): Uint8Array {
  const comma = utf8(",");
  const parts = items.flatMap(({ input }, at) =>
    at === 0 ? [input.output.bytes] : [comma, input.output.bytes],
  );
  return concatBytes([utf8("["), ...parts, utf8("]")]);
}
