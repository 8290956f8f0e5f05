/**
 * The channel: how a process of ours hears of its calls and answers them, in place of the HTTP
 * Runtime API, whose handlers it shares.
 *
 * One socket pair for each process, of which the process inherits one end as descriptor 3. It has
 * no name, so nobody else can connect, and the end of the one side is the end of the other.
 * Payloads travel as they are. What makes no sense ends the process: only its own handler can have
 * written it.
 *
 * An answer in pieces goes on while no more than a window of it waits to be taken.
 */

import {
  type Clock,
  LastingTimer,
  noBytes,
  textOf,
  utf8,
  utf8BytesPerUnitMax,
} from "../../base/mod.ts";
import type { Call } from "../call.ts";
import { encodeFailure, responseTooLarge } from "../failures.ts";
import { responseBytesMax, restMs } from "../limits.ts";
import type { RuntimeApiHandlers } from "../runtime-api/runtime-api.ts";
import {
  FrameReader,
  fromProcess,
  headBytes,
  readUInt32,
  toProcess,
  writeHead,
  writeUInt32,
} from "./frames.ts";
import { PieceQueue } from "./piece-queue.ts";

export interface ChannelOptions {
  /** Our end, which the channel closes. */
  readonly descriptor: number;
  readonly handlers: RuntimeApiHandlers;
  readonly clock: Clock;
  /** When the call will be killed, in milliseconds since the epoch. */
  readonly deadlineMs: () => number;
  /** It has answered and goes on by itself: the id of the call that it had ahead, if it had one. */
  readonly beginAhead: () => string | undefined;
  /** The process says what makes no sense, or cannot be heard. */
  readonly onBroken: () => void;
}

/** In place of an error that was too long to be kept. */
const tooLarge = encodeFailure(responseTooLarge);

/**
 * A call that surely has room in it is put together in one piece of memory, which the channel
 * keeps; that costs less than memory for each call, or a second write.
 */
const keptBytes = 16_384;

export class Channel {
  readonly #options: ChannelOptions;
  readonly #reader: FrameReader;
  readonly #closed = Promise.withResolvers<void>();
  #socket: Bun.Socket<undefined> | undefined;
  /** What the socket has not taken yet, in order. */
  #unsent: Uint8Array[] = [];
  /** The call that the process works on, until it has answered. */
  #requestId = "";
  #pieces: PieceQueue | undefined;
  #isEnded = false;
  readonly #kept = Buffer.allocUnsafeSlow(keptBytes);
  /** From when it has asked for a call to when it gets one. */
  readonly #restTimer: LastingTimer;
  readonly #takeCall = (call: Call): void => this.#sendCall(call);

  constructor(options: ChannelOptions) {
    this.#options = options;
    const { clock } = options;
    this.#restTimer = new LastingTimer({ clock, ms: restMs }, () => this.#sendRest());
    this.#reader = new FrameReader(responseBytesMax, (kind, body) => this.#take(kind, body));
    const socket: Bun.SocketHandler<undefined> = {
      open: (opened) => this.#open(opened),
      data: (_, bytes) => this.#reader.push(bytes),
      drain: () => this.#flush(),
      close: () => this.#end(),
      error: (_, error) => this.#fault(error),
    };
    const own: Bun.FdSocketOptions<undefined> = { fd: options.descriptor, socket };
    // The types know such options and no function that takes them.
    Bun.connect(own as unknown as Bun.UnixSocketOptions<undefined>).catch(() => {
      options.onBroken();
      this.#end();
    });
  }

  /** Resolves when all that the process said has been heard. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  close(): void {
    if (this.#socket) this.#socket.terminate();
    this.#end();
  }

  #open(socket: Bun.Socket<undefined>): void {
    if (this.#isEnded) socket.terminate();
    else this.#socket = socket;
  }

  #end(): void {
    this.#isEnded = true;
    this.#restTimer.cancel();
    this.#unsent = [];
    this.#pieces?.break();
    this.#closed.resolve();
  }

  /** The runtime hands over what the system says of the socket, and what was thrown by us. */
  #fault(error: Error): void {
    if (!("errno" in error)) throw error;
    this.#end();
  }

  #take(kind: number, body: Uint8Array | undefined): void {
    if (!this.#hear(kind, body)) this.#options.onBroken();
  }

  /** False: that makes no sense. */
  #hear(kind: number, body: Uint8Array | undefined): boolean {
    const { handlers } = this.#options;
    switch (kind) {
      case fromProcess.ready:
        return body?.length === 5 && this.#giveWork(body);
      case fromProcess.response:
        handlers.respond(this.#requestId, body);
        return true;
      case fromProcess.answered:
        return body !== undefined && body.length >= 4 && this.#answered(body);
      case fromProcess.error:
        this.#fail(body ?? tooLarge);
        return true;
      case fromProcess.initError:
        handlers.failInit(body ?? tooLarge);
        this.#confirm(0);
        return true;
      case fromProcess.begin:
        return body !== undefined && this.#begin(body);
      case fromProcess.piece:
        return body !== undefined && (this.#pieces?.push(body) ?? false);
      case fromProcess.end:
        return this.#endPieces();
      default:
        return false;
    }
  }

  #giveWork(body: Uint8Array): boolean {
    const end = { isMarked: body[0] === 1, memoryBytes: readUInt32(body, 1) * 1024 };
    this.#restTimer.begin();
    this.#options.handlers.next(this.#takeCall, end);
    return true;
  }

  #answered(body: Uint8Array): boolean {
    const { handlers } = this.#options;
    const end = { isMarked: false, memoryBytes: readUInt32(body, 0) * 1024 };
    handlers.respond(this.#requestId, body.subarray(4), end);
    const requestId = this.#options.beginAhead();
    if (requestId !== undefined) {
      this.#requestId = requestId;
      return true;
    }
    this.#restTimer.begin();
    handlers.next(this.#takeCall);
    return true;
  }

  #fail(error: Uint8Array): void {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    if (pieces) {
      pieces.fail(error); // confirmed when all is taken
      return;
    }
    this.#options.handlers.fail(this.#requestId, error);
    this.#confirm(0);
  }

  #begin(contentType: Uint8Array): boolean {
    if (this.#pieces) return false;
    const pieces = new PieceQueue((bytes) => this.#confirm(bytes));
    this.#pieces = pieces;
    void this.#takePieces(pieces, textOf(contentType));
    return true;
  }

  /** The process asks for work when all is taken: before that its answer is not over. */
  async #takePieces(pieces: PieceQueue, contentType: string): Promise<void> {
    const lateError = () => pieces.error;
    const answer = { pieces, contentType, lateError };
    await this.#options.handlers.respondInPieces(this.#requestId, answer);
    await pieces.discard();
    this.#confirm(0);
  }

  #endPieces(): boolean {
    if (!this.#pieces) return false;
    this.#pieces.end();
    this.#pieces = undefined;
    return true;
  }

  #sendCall(call: Call): void {
    this.#restTimer.end();
    this.#requestId = call.requestId;
    this.#sendWork(toProcess.call, describe(call, this.#options.deadlineMs()), call.payload);
  }

  /** A call for which a ticket lies ready, and how many milliseconds it may take. */
  sendAhead(call: Call, ticket: number, timeoutMs: number): void {
    const description = String.fromCharCode(ticket) + describe(call, timeoutMs);
    this.#sendWork(toProcess.ahead, description, call.payload);
  }

  #sendWork(kind: number, description: string, payload: string | Uint8Array): void {
    const isText = typeof payload === "string";
    const text = isText ? description + payload : description;
    const rest = isText ? noBytes : payload;
    const lengthMax = headBytes + text.length * utf8BytesPerUnitMax + rest.length;
    if (lengthMax <= keptBytes) this.#sendKept(kind, text, rest);
    else this.#sendLarge(kind, utf8(text), rest);
  }

  #sendKept(kind: number, text: string, rest: Uint8Array): void {
    const bytes = this.#kept;
    const textEnd = headBytes + bytes.write(text, headBytes);
    const end = textEnd + rest.length;
    if (rest.length > 0) bytes.set(rest, textEnd);
    writeHead(bytes, kind, end - headBytes);
    if (!this.#socket || this.#isEnded) return;
    const isFirst = this.#unsent.length === 0;
    const sent = isFirst ? Math.max(0, this.#socket.write(bytes, 0, end)) : 0;
    if (sent < end) this.#unsent.push(new Uint8Array(bytes.subarray(sent, end)));
  }

  #sendLarge(kind: number, text: Uint8Array, rest: Uint8Array): void {
    const head = new Uint8Array(headBytes);
    writeHead(head, kind, text.length + rest.length);
    this.#send(head);
    this.#send(text);
    if (rest.length > 0) this.#send(rest);
  }

  #confirm(takenBytes: number): void {
    const bytes = new Uint8Array(headBytes + 4);
    writeHead(bytes, toProcess.taken, 4);
    writeUInt32(bytes, headBytes, takenBytes);
    this.#send(bytes);
  }

  #sendRest(): void {
    const bytes = new Uint8Array(headBytes);
    writeHead(bytes, toProcess.rest, 0);
    this.#send(bytes);
  }

  #send(bytes: Uint8Array): void {
    if (!this.#socket || this.#isEnded) return;
    if (this.#unsent.length > 0) {
      this.#unsent.push(bytes);
      return;
    }
    const sent = Math.max(0, this.#socket.write(bytes));
    if (sent < bytes.length) this.#unsent.push(bytes.subarray(sent));
  }

  #flush(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const bytes of unsent) this.#send(bytes);
  }
}

/** Lines. The client context is JSON, where a newline is as good as a space. */
function describe(call: Call, timeMs: number): string {
  const { requestId, traceId, functionArn, clientContext } = call;
  const context = clientContext?.replaceAll("\n", " ") ?? "";
  return `${requestId}\n${traceId}\n${timeMs}\n${functionArn}\n${context}\n`;
}
