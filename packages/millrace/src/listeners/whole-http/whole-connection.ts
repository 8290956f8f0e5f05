/**
 * A connection whose requests are answered here, one after the other, as long as they are wanted.
 *
 * A request that is not wanted, or that is not of the plain kind (`request-head.ts`), and all that
 * comes behind it, goes to the server behind the front: the connection changes hands between two
 * requests and never comes back. So does one that becomes a WebSocket. What is sent ahead of an
 * answer waits.
 */

import type { Socket } from "bun";
import {
  type Awaitable,
  type BytePieces,
  concatBytes,
  errorText,
  type Logger,
  noBytes,
} from "../../base/mod.ts";
import { aheadBytesMax, requestsAtOnceMax } from "../limits.ts";
import { type Arrival, allowSeconds, SocketOwner } from "../socket-owner.ts";
import { type AnswerEncoder, bodiless, isPieces } from "./answer-encoder.ts";
import { HeadMemory, type KnownHead } from "./head-memory.ts";
import { type HeldBytes, Holding } from "./held-bytes.ts";
import { type PieceSink, sendPieces } from "./pieces.ts";
import type { Guest, Refusals, Room } from "./room.ts";
import type { Answerer, Meet, WholeAnswer, WholeClient, WholeHead } from "./whole-answer.ts";

/** What the connections of one front share. */
export interface WholeDoor {
  readonly meet: Meet;
  /** Names of headers that `meet` does not look at where their values are words. */
  readonly changing: readonly string[];
  /**
   * For a request that asks for another protocol: what gives the socket another owner, which is
   * run once the connection has left; or how it is refused; `undefined`: the wish is ignored.
   * [RFC 9110: 7.8]
   */
  readonly upgrade?: (
    head: WholeHead,
    arrival: Arrival,
  ) => (() => void) | Awaitable<WholeAnswer> | undefined;
  /** The answer to a request over which something was thrown. */
  readonly failed: (head: WholeHead, thrown: unknown) => WholeAnswer;
  /** Gives the socket another owner. */
  readonly handOver: (arrival: Arrival) => void;
  readonly room: Room;
  readonly refusals: Refusals;
  /** To bring the head of a request, and again until the next one. */
  readonly idleSecondsMax: number;
  /** To bring a body, and again to be answered; 0: as long to bring it, and all the time then. */
  readonly requestSecondsMax: number;
  /** Larger bodies go to the server behind. */
  readonly bodyBytesMax: number;
  readonly encoder: AnswerEncoder;
  readonly held: HeldBytes;
  /** Calls back when everything else of this turn of the loop has been done. */
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly logger: Logger;
}

const nothing = Buffer.alloc(0);

/** Without a body: nobody has read whether it may have one. */
const overloaded: WholeAnswer = { status: 503, headers: {}, body: "" };

export class WholeConnection extends SocketOwner implements Guest {
  older: Guest | undefined;
  younger: Guest | undefined;
  cameMs = 0;
  readonly #door: WholeDoor;
  readonly #client: WholeClient;
  readonly #heads: HeadMemory<Answerer | undefined>;
  /** Nothing is among it that was answered. */
  #received: Buffer | undefined;
  /** Pieces behind it, of a body that is still coming, or ahead of the answer under way. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  /** Of the request that is coming; below zero: so much is there ahead of the one under way. */
  #missingBytes = 0;
  #isPaused = false;
  #holding: Holding | undefined;
  /** Requests that may still be begun before everything else has its turn. */
  #leftAtOnce = requestsAtOnceMax;
  #isAnswering = false;
  #hasAsked = false;
  /** No request is begun after this one. */
  #isLast = false;
  /** The last answer is on its way; a slow reader has its time for it. */
  #isOver = false;
  /** Whether the other side has sent its last byte. */
  #hasEnded = false;
  /** Of an answer in pieces: goes on when the kernel takes more, or nobody does. */
  #takeMore: (() => void) | undefined;

  constructor(socket: Socket<SocketOwner>, remoteAddress: string, door: WholeDoor) {
    super(socket);
    this.#door = door;
    this.#client = { ip: remoteAddress };
    this.#heads = new HeadMemory(door.changing, (headers) => door.meet(headers, this.#client));
    door.room.enter(this);
    allowSeconds(socket, door.idleSecondsMax);
  }

  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Nothing is under way but, at most, a head that was never whole. */
  get isIdle(): boolean {
    return !this.#isAnswering && this.writable && (!this.#received || !this.#hasAsked);
  }

  /** No request after the one that is under way, or whose body is. */
  finish(): void {
    this.#isLast = true;
    const isBetween = !this.#isAnswering && this.#leftAtOnce > 0;
    if (isBetween && this.#missingBytes <= 0) this.end();
  }

  /** A connection that idles ends in an orderly way; the slow are not waited for. */
  override onTimeout(): void {
    if (this.isOpen && this.writable && !this.#received) this.end();
    else super.onTimeout();
  }

  /** Whoever takes a large answer piece by piece is not idle. */
  override onDrain(): void {
    const isOwed = !this.#isAnswering || this.#takeMore;
    if (this.isOpen && isOwed) allowSeconds(this.socket, this.#door.idleSecondsMax);
    super.onDrain();
    this.#noteHeld();
  }

  #noteHeld(): void {
    this.#hold(this.unsentBytes + this.#gatheredBytes);
  }

  /** Of requests that have not begun: not whole yet, or ahead. */
  get #gatheredBytes(): number {
    return (this.#received?.length ?? 0) + this.#pieceBytes;
  }

  #hold(bytes: number): void {
    if (bytes === 0 && !this.#holding) return; // as nearly always
    this.#holding ??= new Holding(this);
    this.#door.held.note(this.#holding, bytes);
  }

  /** An orderly end: whether the client has received all that the kernel took is not known. */
  makeRoom(): void {
    this.socket.close();
  }

  /** Slow clients hold too much memory, and this one has moved nothing for the longest. */
  cutOff(): void {
    const { ip } = this.#client;
    const bytes = { unsentBytes: this.unsentBytes, gatheredBytes: this.#gatheredBytes };
    this.#door.logger.warn("slow client cut off", { ip, ...bytes });
    this.terminate();
  }

  protected override take(bytes: Uint8Array): void {
    if (this.#received) {
      this.#pieces.push(bytes);
      this.#pieceBytes += bytes.length;
      this.#missingBytes -= bytes.length;
      if (-this.#missingBytes > aheadBytesMax) this.#stopReading();
    } else this.#received = bytes as Buffer;
    if (this.#isFree && this.#missingBytes <= 0) this.#goOn();
    else this.#noteHeld();
  }

  get #isFree(): boolean {
    return !this.#isAnswering && this.writable && this.#leftAtOnce > 0;
  }

  #stopReading(): void {
    this.#isPaused = true;
    this.pause();
  }

  #readOn(): void {
    if (!this.#isPaused || this.#leftAtOnce === 0) return;
    this.#isPaused = false;
    this.resume();
  }

  /** A client that sends many requests ahead must not hold up everybody else. */
  #countRequest(): void {
    this.#leftAtOnce -= 1;
    if (this.#leftAtOnce > 0) return;
    this.#stopReading();
    this.#door.atEndOfTurn(() => {
      this.#leftAtOnce = requestsAtOnceMax;
      if (!this.isOpen || !this.#door.room.has(this)) return;
      if (-this.#missingBytes <= aheadBytesMax) this.#readOn();
      if (this.#isFree && this.#missingBytes <= 0) this.#goOn();
    });
  }

  #join(): void {
    if (this.#pieces.length === 0) return;
    const joined = concatBytes([this.#received!, ...this.#pieces]);
    this.#received = Buffer.from(joined.buffer);
    this.#dropPieces();
  }

  #dropPieces(): void {
    this.#pieces = [];
    this.#pieceBytes = 0;
  }

  /**
   * Begins with the request that has come in, if it is there as a whole; whether it was answered
   * at once, so that another may be begun.
   */
  #next(): boolean {
    const bytes = this.#received;
    const head = bytes ? this.#heads.read(bytes) : "partial";
    if (head === "partial") {
      this.#missingBytes = 0;
      if (bytes) this.#noteHeld();
      this.#readOn();
      return this.#await();
    }
    if (head === "other" || head.bodyBytes > this.#door.bodyBytesMax) return this.#handOver(bytes!);
    if (head.asksForUpgrade && head.bodyBytes === 0) {
      const upgraded = this.#upgrade(head, bytes!);
      if (upgraded !== undefined) return upgraded;
    }
    const answerer = head.meaning ?? this.#door.meet(head.headers, this.#client);
    if (!answerer?.takes(head)) return this.#handOver(bytes!);
    return this.#answer(head, answerer, bytes!);
  }

  #answer(head: KnownHead<unknown>, answerer: Answerer, bytes: Buffer): boolean {
    const { method, target, headers, headBytes } = head;
    const end = headBytes + head.bodyBytes;
    if (!this.#hasAsked) this.#ask();
    this.#missingBytes = end - bytes.length;
    if (-this.#missingBytes <= aheadBytesMax) this.#readOn();
    if (this.#missingBytes > 0) {
      const { idleSecondsMax, requestSecondsMax } = this.#door;
      allowSeconds(this.socket, requestSecondsMax || idleSecondsMax);
      this.#noteHeld();
      return this.#await();
    }
    this.#received = bytes.length > end ? bytes.subarray(end) : undefined;
    if (this.#holding) this.#noteHeld();
    const body = end > headBytes ? bytes.subarray(headBytes, end) : noBytes;
    this.#countRequest();
    let made: Awaitable<WholeAnswer>;
    try {
      made = answerer.answer({ method, target, headers, body });
    } catch (thrown) {
      made = this.#door.failed(head, thrown);
    }
    return this.#finishWith(made, head);
  }

  #ask(): void {
    this.#door.room.leave(this);
    this.#hasAsked = true;
    this.#door.room.enter(this);
  }

  #finishWith(made: Awaitable<WholeAnswer>, head: KnownHead<unknown>): boolean {
    if (head.isLast) this.#isLast = true;
    const headOnly = head.method === "HEAD";
    if (!(made instanceof Promise)) return this.#send(made, headOnly);
    allowSeconds(this.socket, this.#door.requestSecondsMax);
    this.#isAnswering = true;
    if (this.#received) this.#noteHeld();
    void made.then(
      (later) => this.#answered(later, headOnly),
      (thrown) => this.#answered(this.#door.failed(head, thrown), headOnly),
    );
    return false;
  }

  /** Whether another request may be begun; `undefined`: it is an ordinary one. */
  #upgrade(head: KnownHead<unknown>, bytes: Buffer): boolean | undefined {
    const { socket } = this;
    // A view of a small piece costs more than all else here, for the runtime then moves the piece.
    const firstBytes = bytes.length > head.headBytes ? bytes.subarray(head.headBytes) : nothing;
    const arrival = { socket, remoteAddress: this.#client.ip, firstBytes };
    let upgraded: ReturnType<NonNullable<WholeDoor["upgrade"]>>;
    try {
      upgraded = this.#door.upgrade?.(head, arrival);
    } catch (thrown) {
      upgraded = this.#door.failed(head, thrown);
    }
    if (upgraded === undefined) return undefined;
    if (typeof upgraded === "function") {
      if (this.#hasEnded) return this.#await(); // a new owner would never learn of it
      this.#leave();
      upgraded();
      return false;
    }
    if (!this.#hasAsked) this.#ask();
    this.#received = firstBytes.length > 0 ? firstBytes : undefined;
    return this.#finishWith(upgraded, head);
  }

  /** For more to come; where nothing can, that is the end. */
  #await(): false {
    if (this.#hasEnded) this.end();
    return false;
  }

  #answered(answer: WholeAnswer, headOnly: boolean): void {
    this.#isAnswering = false;
    if (this.isOpen && this.#send(answer, headOnly)) this.#goOn();
    else if (!this.isOpen && isPieces(answer.body)) void answer.body.pieces.cancel();
  }

  /** Whether another request may be begun. */
  #send(answer: WholeAnswer, headOnly: boolean): boolean {
    const isLast = this.#isLast || (this.#hasEnded && !this.#received);
    const { encoder } = this.#door;
    const length = encoder.encode(answer, { isLast, headOnly });
    this.write(encoder.bytes, length);
    if (!this.writable) this.#noteHeld();
    const { body, status } = answer;
    if (isPieces(body)) {
      if (!headOnly && !bodiless.has(status)) {
        this.#isAnswering = true;
        if (this.#received) this.#noteHeld();
        void this.#sendPieces(body, isLast);
        return false;
      }
      void body.pieces.cancel();
    }
    return this.#sent(isLast);
  }

  #sent(isLast: boolean): boolean {
    allowSeconds(this.socket, this.#door.idleSecondsMax);
    this.#isOver = isLast;
    if (isLast && this.writable) this.end();
    return !isLast && this.#isFree;
  }

  async #sendPieces(body: BytePieces, isLast: boolean): Promise<void> {
    const sink: PieceSink = {
      ready: () => this.#ready(),
      write: (bytes, length) => this.#sendOn(bytes, length),
    };
    const isWhole = await sendPieces(body, sink, this.#door.encoder).catch((thrown) => {
      this.#door.logger.warn("an answer broke off", { error: errorText(thrown) });
      return false;
    });
    this.#isAnswering = false;
    if (!this.isOpen) return;
    if (!isWhole) this.end();
    else if (this.#sent(isLast || this.#isLast)) this.#goOn();
  }

  #sendOn(bytes: Uint8Array, length: number): void {
    allowSeconds(this.socket, this.#door.idleSecondsMax);
    this.write(bytes, length);
    if (!this.writable) this.#noteHeld();
  }

  async #ready(): Promise<boolean> {
    if (this.isOpen && !this.writable) {
      allowSeconds(this.socket, this.#door.idleSecondsMax);
      await new Promise<void>((resolve) => (this.#takeMore = resolve));
    }
    return this.isOpen;
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
    if (!this.#door.room.forHandOver()) return this.#refuse();
    const { socket } = this;
    this.#leave();
    allowSeconds(socket, 0);
    this.#door.handOver({ socket, remoteAddress: this.#client.ip, firstBytes });
    return false;
  }

  /** The server behind has as many connections as it may. */
  #refuse(): false {
    this.#door.refusals.count(this.#client.ip);
    if (!this.#hasAsked) this.#ask();
    this.#received = undefined;
    this.#isLast = true;
    this.#send(overloaded, false);
    return false;
  }

  /** The socket is another's, who reads it. */
  #leave(): void {
    if (this.#isPaused) this.resume();
    this.#received = undefined;
    this.#hold(0);
    this.#door.room.leave(this);
  }

  protected override drained(): void {
    this.#wake();
    if (this.#isOver) this.end();
    else if (this.isOpen && this.#isFree) this.#goOn();
  }

  #wake(): void {
    const takeMore = this.#takeMore;
    this.#takeMore = undefined;
    takeMore?.();
  }

  /** What was asked before is still answered. */
  protected override ended(): void {
    this.#hasEnded = true;
    if (this.#isFree) this.#goOn();
  }

  protected override gone(): void {
    this.#wake();
    this.#hold(0);
    this.#received = undefined;
    this.#dropPieces();
    this.#door.room.leave(this);
  }
}
