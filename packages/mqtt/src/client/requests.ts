/**
 * What was asked of the server and not yet answered, in the order of asking.
 *
 * A request keeps its packet id and its place until the answer comes, over as many connections as
 * that takes. Renewals of subscriptions belong to one connection and do not outlive it.
 */

import { mqtt311 } from "../dialect.ts";
import { encodePacket } from "../encode-packet.ts";
import { publishFlags } from "../fixed-header.ts";
import type { Packet } from "../packet.ts";
import type { Puback } from "../packets/acknowledgement.ts";
import type { Publish } from "../packets/publish.ts";
import type { Suback } from "../packets/suback.ts";
import type { Subscribe } from "../packets/subscribe.ts";
import type { Unsuback } from "../packets/unsuback.ts";
import type { Unsubscribe } from "../packets/unsubscribe.ts";

export type Answer = Puback | Suback | Unsuback;

/** Makes the packet of a request once its packet id is known. */
export type Build = (packetId: number) => Publish | Subscribe | Unsubscribe;

export interface Renewal {
  readonly build: Build;
  readonly answered: (answer: Answer) => void;
}

interface Request {
  readonly bytes: Uint8Array;
  readonly answerType: Answer["type"];
  readonly answered: (answer: Answer) => void;
  /** Absent in a renewal: nobody waits for it. */
  readonly failed?: (error: Error) => void;
  wasSent: boolean;
}

const answerTypes = { publish: "puback", subscribe: "suback", unsubscribe: "unsuback" } as const;

export class Requests {
  readonly #countMax: number;
  readonly #open = new Map<number, Request>();
  #lastPacketId = 0;
  #send: ((bytes: Uint8Array) => void) | undefined;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Resolves with the answer. Rejects when full, when it cannot be encoded, or by `failAll`. */
  async ask(build: Build): Promise<Answer> {
    if (this.#open.size >= this.#countMax) {
      throw new Error(`there are already ${this.#countMax} requests without an answer`);
    }
    return new Promise((answered, failed) => this.#add(build, { answered, failed }));
  }

  /** Sends the renewals, then all that is open, in its order [MQTT-4.4.0-1] [MQTT-4.6.0-1]. */
  connected(send: (bytes: Uint8Array) => void, renewals: readonly Renewal[]): void {
    const unanswered = [...this.#open.values()];
    this.#send = send;
    for (const { build, answered } of renewals) this.#add(build, { answered });
    for (const request of unanswered) this.#transmit(request);
  }

  disconnected(): void {
    this.#send = undefined;
    for (const [packetId, request] of this.#open) {
      if (request.failed === undefined) this.#open.delete(packetId);
    }
  }

  /** Hands an answer to its request; one that fits none is a late double and means nothing. */
  answer(answer: Answer): void {
    const request = this.#open.get(answer.packetId);
    if (request?.answerType !== answer.type) return;
    this.#open.delete(answer.packetId);
    request.answered(answer);
  }

  failAll(error: Error): void {
    for (const request of this.#open.values()) request.failed?.(error);
    this.#open.clear();
  }

  #add(build: Build, settle: Pick<Request, "answered" | "failed">): void {
    const packetId = this.#freePacketId();
    const packet = build(packetId);
    const answerType = answerTypes[packet.type];
    const request = { bytes: encodePacket(packet, mqtt311), answerType, ...settle, wasSent: false };
    this.#open.set(packetId, request);
    this.#transmit(request);
  }

  #transmit(request: Request): void {
    if (this.#send === undefined) return;
    if (request.wasSent && request.answerType === "puback") {
      request.bytes[0]! |= publishFlags.dup; // [MQTT-3.3.1-1]
    }
    request.wasSent = true;
    this.#send(request.bytes);
  }

  #freePacketId(): number {
    do {
      this.#lastPacketId = (this.#lastPacketId % 0xffff) + 1;
    } while (this.#open.has(this.#lastPacketId)); // [MQTT-2.3.1-2]
    return this.#lastPacketId;
  }
}

export function isAnswer(packet: Packet): packet is Answer {
  return packet.type === "puback" || packet.type === "suback" || packet.type === "unsuback";
}
