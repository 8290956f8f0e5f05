/**
 * A connection whose requests are answered here, one after the other, as long as they are wanted.
 *
 * A request that is not wanted, or that is not of the plainest kind (`request-head.ts`), and all
 * that comes behind it, goes to the server behind the front: the connection changes hands between
 * two requests and never comes back. What is sent ahead of an answer waits.
 */

import type { Socket } from "bun";
import { type Awaitable, concatBytes } from "../../base/mod.ts";
import { type Arrival, allowSeconds, SocketOwner } from "../socket-owner.ts";
import type { AnswerEncoder } from "./answer-encoder.ts";
import { HeadMemory } from "./head-memory.ts";
import type { RequestHeaders } from "./request-head.ts";

/** A request before its body. */
export interface WholeHead {
  readonly method: "POST";
  readonly url: string;
  readonly headers: RequestHeaders;
}

/** A request that has come in whole. */
export interface WholeRequest extends WholeHead {
  readonly body: Uint8Array;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Neither throws nor rejects. */
export type AnswerWhole = (
  request: WholeRequest,
  client: { readonly ip: string },
) => Awaitable<WholeAnswer>;

/** What the connections of one front share. */
export interface WholeDoor {
  /**
   * How requests with this head are answered; `undefined`: not here. It is not asked again for
   * heads that differ only in what differs from one request to the next (`head-memory.ts`).
   */
  readonly taking: (head: WholeHead) => AnswerWhole | undefined;
  /** Gives the socket another owner. */
  readonly handOver: (arrival: Arrival) => void;
  readonly connections: Set<WholeConnection>;
  /** To bring the head of a request, then its body, and again until the next one. */
  readonly idleSecondsMax: number;
  /** Larger bodies go to the server behind. */
  readonly bodyBytesMax: number;
  readonly encoder: AnswerEncoder;
}

/** As much as may come in while an answer is made; then the socket is not read. */
const aheadBytesMax = 65_536;

export class WholeConnection extends SocketOwner {
  readonly #door: WholeDoor;
  readonly #client: { readonly ip: string };
  readonly #heads = new HeadMemory((headers) => this.#takingOf(headers));
  /** Nothing is among it that was answered. */
  #received: Buffer | undefined;
  /** Pieces behind it, of a body that is still coming. */
  #pieces: Uint8Array[] = [];
  #missingBytes = 0;
  #isAnswering = false;
  #isLast = false;
  /** Whether the other side has sent its last byte. */
  #hasEnded = false;

  constructor(socket: Socket<SocketOwner>, door: WholeDoor) {
    super(socket);
    this.#door = door;
    this.#client = { ip: socket.remoteAddress };
    door.connections.add(this);
    allowSeconds(socket, door.idleSecondsMax);
  }

  /** No request after the one that is under way, or whose body is. */
  finish(): void {
    this.#isLast = true;
    if (!this.#isAnswering && this.#missingBytes <= 0) this.end();
  }

  /** A connection that idles ends in an orderly way; the slow are not waited for. */
  override onTimeout(): void {
    if (this.isOpen && this.writable && !this.#received) this.end();
    else super.onTimeout();
  }

  /** Whoever takes a large answer piece by piece is not idle. */
  override onDrain(): void {
    if (this.isOpen && !this.#isAnswering) allowSeconds(this.socket, this.#door.idleSecondsMax);
    super.onDrain();
  }

  protected override take(bytes: Uint8Array): void {
    if (this.#received) {
      this.#pieces.push(bytes);
      this.#missingBytes -= bytes.length;
      if (-this.#missingBytes > aheadBytesMax) this.pause();
    } else this.#received = bytes as Buffer;
    if (this.#isFree && this.#missingBytes <= 0) this.#goOn();
  }

  get #isFree(): boolean {
    return !this.#isAnswering && this.writable;
  }

  #join(): void {
    if (this.#pieces.length === 0) return;
    const joined = concatBytes([this.#received!, ...this.#pieces]);
    this.#received = Buffer.from(joined.buffer);
    this.#pieces = [];
    if (this.#missingBytes < -aheadBytesMax) this.resume();
    this.#missingBytes = 0;
  }

  /**
   * Begins with the request that has come in, if it is there as a whole; whether it was answered
   * at once, so that another may be begun.
   */
  #next(): boolean {
    const bytes = this.#received;
    const head = bytes && this.#heads.read(bytes);
    if (!head || head.kind === "partial") return this.#await();
    const { bodyBytesMax, idleSecondsMax } = this.#door;
    if (head.kind === "other" || head.bodyBytes > bodyBytesMax) return this.#handOver(bytes);
    const { headers, headBytes, meaning: taking } = head;
    if (!taking) return this.#handOver(bytes);
    const end = headBytes + head.bodyBytes;
    this.#missingBytes = Math.max(0, end - bytes.length);
    if (this.#missingBytes > 0) {
      allowSeconds(this.socket, idleSecondsMax);
      return this.#await();
    }
    this.#received = bytes.length > end ? bytes.subarray(end) : undefined;
    const { answer, url } = taking;
    const body = bytes.subarray(headBytes, end);
    const made = answer({ method: "POST", url, headers, body }, this.#client);
    if (!(made instanceof Promise)) return this.#send(made);
    allowSeconds(this.socket, 0);
    this.#isAnswering = true;
    void made.then((later) => this.#answered(later));
    return false;
  }

  /** How requests with this head are answered. */
  #takingOf(headers: RequestHeaders) {
    const url = `http://${headers.get("host")}/`;
    const answer = this.#door.taking({ method: "POST", url, headers });
    return answer && { answer, url };
  }

  /** For more to come; where nothing can, that is the end. */
  #await(): false {
    if (this.#hasEnded) this.end();
    return false;
  }

  #answered(answer: WholeAnswer): void {
    this.#isAnswering = false;
    if (this.isOpen && this.#send(answer)) this.#goOn();
  }

  /** Whether another request may be begun. */
  #send(answer: WholeAnswer): boolean {
    const isLast = this.#isLast || (this.#hasEnded && !this.#received);
    this.write(this.#door.encoder.encode(answer, isLast));
    if (isLast) {
      this.end();
      return false;
    }
    allowSeconds(this.socket, this.#door.idleSecondsMax);
    return this.#isFree;
  }

  /** No deeper for each request that was sent ahead. */
  #goOn(): void {
    do this.#join();
    while (this.#next());
  }

  #handOver(firstBytes: Uint8Array): false {
    if (this.#hasEnded) {
      this.end(); // what has ended cannot be handed over
      return false;
    }
    const { socket } = this;
    this.#received = undefined;
    this.#door.connections.delete(this);
    allowSeconds(socket, 0);
    this.#door.handOver({ socket, remoteAddress: this.#client.ip, firstBytes });
    return false;
  }

  protected override drained(): void {
    if (this.isOpen && this.#isFree) this.#goOn();
  }

  /** What was asked before is still answered. */
  protected override ended(): void {
    this.#hasEnded = true;
    if (this.#isFree) this.#goOn();
  }

  protected override gone(): void {
    this.#received = undefined;
    this.#pieces = [];
    this.#door.connections.delete(this);
  }
}
