/**
 * What is told of records that are given up: a document in a bucket, where the trigger names one.
 * [Lambda: Retain discarded records for a DynamoDB event source]
 *
 * The document has the whole batch, so that it can be worked off by hand. While it cannot be kept,
 * and trying again may help, the lane waits: records are not given up unseen.
 */

import {
  type Clock,
  errorText,
  newUuid,
  type Random,
  textOf,
  utf8,
  WorldError,
} from "../base/mod.ts";
import { type Batch, payloadOf } from "./batch.ts";
import type { Mapping } from "./mapping.ts";
import type { Pauses } from "./pauses.ts";
import type { CallResult, TriggerPorts } from "./ports.ts";
import type { Watch } from "./watch.ts";

export type DiscardCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

type Answer = Extract<CallResult, { kind: "answered" }>;

export interface DiscardsOptions {
  readonly mapping: Mapping;
  readonly shardId: string;
  readonly ports: Pick<TriggerPorts, "keepDiscarded" | "functionArn">;
  readonly clock: Clock;
  readonly random: Random;
  readonly pauses: Pauses;
  readonly watch: Watch;
}

export class Discards {
  readonly #options: DiscardsOptions;
  #stopped = false;

  constructor(options: DiscardsOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Whether the records may be forgotten now; not when all stops before their document is kept. */
  async keep(
    batch: Batch,
    condition: DiscardCondition,
    answer: Answer | undefined,
  ): Promise<boolean> {
    const { mapping, watch, ports, pauses } = this.#options;
    const { failureBucket: bucketName } = mapping;
    if (bucketName === undefined) return watch.given(batch);
    const bytes = this.#document(batch, condition, answer);
    const object = { bucketName, key: this.#key(), bytes };
    for (let tries = 1; !this.#stopped; tries += 1) {
      try {
        await ports.keepDiscarded(mapping, object);
        return watch.given(batch);
      } catch (thrown) {
        const mayHelp = thrown instanceof WorldError;
        const pauseMs = pauses.lengthMs(tries);
        const again = `tried again in ${(pauseMs / 1000).toFixed(1)} s`;
        watch.notKept(batch, errorText(thrown), mayHelp ? again : "forgotten");
        if (!mayHelp) return watch.given(batch);
        await pauses.pause(pauseMs);
      }
    }
    return false;
  }

  /** By trigger, shard and time, as Lambda names them. */
  #key(): string {
    const { mapping, shardId, clock, random } = this.#options;
    const iso = new Date(clock.now()).toISOString();
    const day = iso.slice(0, 10);
    const time = iso.slice(11, 19).replaceAll(":", ".");
    const name = `${day}T${time}-${newUuid(random)}`;
    return `aws/lambda/${mapping.id}/${shardId}/${day.replaceAll("-", "/")}/${name}`;
  }

  #document(batch: Batch, condition: DiscardCondition, answer: Answer | undefined): Uint8Array {
    const { mapping, shardId, ports, clock, random } = this.#options;
    const [first, last] = [batch.held[0]!.record, batch.held.at(-1)!.record];
    const document = {
      requestContext: {
        requestId: answer?.requestId ?? newUuid(random),
        functionArn: ports.functionArn(mapping.functionName, mapping.qualifier),
        condition,
        approximateInvokeCount: batch.callCount,
      },
      ...(answer && {
        responseContext: {
          statusCode: 200,
          executedVersion: answer.version,
          functionError: answer.functionError ?? null,
        },
      }),
      version: "1.0",
      timestamp: new Date(clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: first.sequence,
        endSequenceNumber: last.sequence,
        approximateArrivalOfFirstRecord: secondOf(first.createdMs),
        approximateArrivalOfLastRecord: secondOf(last.createdMs),
        batchSize: batch.held.length,
        streamArn: mapping.streamArn,
      },
      payload: textOf(payloadOf(batch.held)),
    };
    return utf8(JSON.stringify(document));
  }
}

function secondOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
