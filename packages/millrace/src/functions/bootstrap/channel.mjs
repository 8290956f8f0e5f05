/**
 * The process's end of the channel to the server: descriptor 3, a socket without a name. The frames
 * are those of `channel/frames.ts`.
 *
 * The end of the channel is the end of the server: whatever closes it ends this process, also while
 * a handler runs. While one runs the channel does not keep the process alive, so that an event loop
 * without work drains and says so.
 */

import { readSync, writeSync } from "node:fs";
import { openSocket } from "./socket.mjs";

const descriptor = 3;
/** Of the first of two files, each byte in which stands for a call that is given ahead. */
const ticketDescriptor = 4;
const lengthBytes = 4;
const headBytes = 5;
const fromServer = { call: 1, taken: 2, rest: 3, ahead: 4 };
const toServer = {
  ready: 1,
  response: 2,
  error: 3,
  initError: 4,
  begin: 5,
  piece: 6,
  end: 7,
  answered: 8,
};

/** Of an answer in pieces so much, and a piece, goes out before the server has taken it. */
const windowBytes = 262_144;
const pieceBytesMax = 65_536;

/** A short answer is put together in memory that the channel keeps. */
const keptBytes = 16_384;
const utf8BytesPerUnitMax = 3;

const noBytes = Buffer.alloc(0);

export class Channel {
  #socket;
  /** Of a frame that has not come as a whole: its bytes, and how many are missing at least. */
  #chunks = [];
  #missingBytes = 0;
  #onCall;
  #confirmed;
  #stream;
  #kept = Buffer.allocUnsafeSlow(keptBytes);
  /** A call has begun, and the next one is not asked for, or that has not left this process. */
  #isWorking = false;
  /** Where none has: whether one that was given ahead may begin. */
  #takesAhead = false;
  /** The call that was given ahead, behind the one in hand: its ticket and itself. */
  #ahead;
  #ticket = Buffer.alloc(1);

  /** `onCall` gets each call, while its bytes are being read: it takes its time there. */
  constructor(onCall) {
    this.#onCall = onCall;
    const onData = (bytes, length) => this.#receive(bytes, length);
    this.#socket = openSocket({ descriptor, onData, onEnd: () => process.exit(0) });
  }

  /**
   * Asks for the next call, and says that the one before is over, whether its log has a mark, and
   * what memory it had.
   */
  askForCall(isMarked, memoryBytes) {
    const body = Buffer.allocUnsafe(5);
    body[0] = isMarked ? 1 : 0;
    body.writeUInt32LE(Math.ceil(memoryBytes / 1024), 1);
    this.#isWorking = false;
    this.#takesAhead = false;
    this.#ahead = undefined; // the server gives it again
    this.#socket.ref();
    this.#socket.write(encodeFrame(toServer.ready, body));
  }

  /** It does not keep the process alive, until the next call is asked for. */
  unref() {
    this.#socket.unref();
  }

  /**
   * Answers and asks for the next call, in one: the one before has logged nothing. What was given
   * ahead begins when that has left this process: it may block the loop.
   */
  respondAndAsk(json, memoryBytes) {
    this.#socket.ref();
    const isShort = json.length <= (keptBytes - headBytes - 4) / utf8BytesPerUnitMax;
    const frame = isShort ? this.#kept : encodeFrame(toServer.answered, json, 4);
    frame.writeUInt32LE(Math.ceil(memoryBytes / 1024), headBytes);
    if (!isShort) {
      this.#socket.write(frame, this.#onAnswered);
      return;
    }
    const bodyLength = 4 + frame.write(json, headBytes + 4);
    writeHead(frame, toServer.answered, bodyLength);
    this.#socket.writeKept(frame, headBytes + bodyLength, this.#onAnswered);
  }

  #onAnswered = () => {
    this.#isWorking = false;
    this.#takesAhead = true;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead) this.#beginAhead(ahead);
  };

  /**
   * Takes calls in reads that block, for as long as `serve`, asked after each, says so, and one
   * comes before the server says that none will soon.
   */
  takeCalls(serve) {
    this.#socket.block(true);
    try {
      do if (!this.#isWorking) this.#socket.readBlocking();
      while (serve());
    } finally {
      this.#socket.block(false);
    }
  }

  /** Resolves when the answer has left this process. */
  respond(json) {
    this.#socket.ref();
    return new Promise((resolve) => {
      this.#socket.write(encodeFrame(toServer.response, json), resolve);
    });
  }

  /**
   * The same in a process that exits, which sends nothing later: returns when all has left it, or
   * the server is gone.
   */
  respondAtExit(json) {
    let rest = encodeFrame(toServer.response, json);
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(descriptor, rest));
      } catch (thrown) {
        if (thrown.code !== "EAGAIN") return;
      }
    }
  }

  /**
   * Resolves when the server has it; so does `failInit`. Breaks off an answer in pieces that has
   * begun.
   */
  fail(json) {
    this.#stream?.breakOff();
    return this.#sendConfirmed(toServer.error, json);
  }

  failInit(json) {
    return this.#sendConfirmed(toServer.initError, json);
  }

  /** Begins an answer that comes in pieces; while it goes on it does not keep the process alive. */
  beginStream(contentType) {
    this.#socket.write(encodeFrame(toServer.begin, contentType));
    this.#stream = new PiecedAnswer(this.#socket, () => this.#sendConfirmed(toServer.end, ""));
    return this.#stream;
  }

  /** A call ends once: what would end it while an end waits for its confirmation is not sent. */
  #sendConfirmed(kind, body) {
    if (this.#confirmed) return this.#confirmed.promise;
    this.#socket.ref();
    const confirmed = {};
    confirmed.promise = new Promise((resolve) => {
      confirmed.resolve = resolve;
    });
    this.#confirmed = confirmed;
    this.#socket.write(encodeFrame(kind, body));
    return confirmed.promise;
  }

  /** The first so many of the bytes have come. */
  #receive(bytes, length) {
    if (this.#chunks.length === 0 && isOneFrame(bytes, length)) this.#take(bytes, length);
    else this.#gather(bytes.subarray(0, length));
  }

  #gather(chunk) {
    this.#missingBytes -= chunk.length;
    if (this.#missingBytes > 0) {
      this.#chunks.push(Buffer.from(chunk));
      return;
    }
    let bytes = this.#chunks.length > 0 ? Buffer.concat([...this.#chunks, chunk]) : chunk;
    while (bytes.length >= frameLength(bytes)) {
      const length = frameLength(bytes);
      this.#take(bytes, length);
      bytes = bytes.subarray(length);
    }
    this.#chunks = bytes.length > 0 ? [Buffer.from(bytes)] : [];
    this.#missingBytes = bytes.length > 0 ? frameLength(bytes) - bytes.length : 0;
  }

  /** The frame at the beginning of the bytes, so long. */
  #take(bytes, length) {
    if (bytes[lengthBytes] === fromServer.call) {
      this.#begin(readCall(bytes, headBytes, length));
      return;
    }
    if (bytes[lengthBytes] === fromServer.ahead) {
      const ahead = { ticket: bytes[headBytes], call: readCall(bytes, headBytes + 1, length) };
      if (this.#isWorking) this.#ahead = ahead;
      else if (this.#takesAhead) this.#beginAhead(ahead);
      return;
    }
    if (bytes[lengthBytes] === fromServer.rest) return; // it has ended the wait by coming
    const takenBytes = bytes.readUInt32LE(headBytes);
    if (takenBytes > 0) {
      this.#stream?.goOn(takenBytes);
      return;
    }
    this.#confirmed?.resolve();
    this.#confirmed = undefined;
  }

  #begin(call) {
    this.#isWorking = true;
    this.#socket.unref();
    this.#onCall(call);
  }

  /** Unless the server has taken it back: who reads the byte has it. Its time begins now. */
  #beginAhead({ ticket, call }) {
    if (readSync(ticketDescriptor + ticket, this.#ticket, 0, 1, null) === 0) return;
    this.#begin({ ...call, deadlineMs: Date.now() + call.deadlineMs });
  }
}

/** `write` calls back when all of it is sent; `end` resolves when the server has taken it. */
class PiecedAnswer {
  #socket;
  #untakenBytes = 0;
  #isBrokenOff = false;
  #rest = noBytes;
  #onSent;

  constructor(socket, end) {
    this.#socket = socket;
    this.end = end;
  }

  /** What has not been sent is dropped, and so is what comes from now on. */
  breakOff() {
    this.#isBrokenOff = true;
    this.#rest = noBytes;
    this.#send();
  }

  write(bytes, callback) {
    if (this.#isBrokenOff) {
      callback();
      return;
    }
    this.#rest = bytes;
    this.#onSent = callback;
    this.#send();
  }

  goOn(takenBytes) {
    this.#untakenBytes -= takenBytes;
    this.#send();
  }

  #send() {
    while (this.#rest.length > 0 && this.#untakenBytes < windowBytes) {
      const piece = this.#rest.subarray(0, pieceBytesMax);
      this.#rest = this.#rest.subarray(piece.length);
      this.#untakenBytes += piece.length;
      this.#socket.write(encodeFrame(toServer.piece, piece));
    }
    const onSent = this.#onSent;
    if (!onSent) return;
    if (this.#rest.length > 0) {
      this.#socket.ref(); // somebody waits, and only the server can go on
      return;
    }
    this.#socket.unref();
    this.#onSent = undefined;
    process.nextTick(onSent); // what a handler throws there is no trouble of the socket
  }
}

/** Of the first frame; of its head alone while that is not there. */
function frameLength(bytes) {
  return bytes.length < headBytes ? headBytes : lengthBytes + bytes.readUInt32LE(0);
}

/** As nearly always. */
function isOneFrame(bytes, length) {
  return length >= headBytes && lengthBytes + bytes.readUInt32LE(0) === length;
}

function readCall(frame, start, end) {
  const text = frame.toString("utf8", start, end);
  const traceAt = text.indexOf("\n") + 1;
  const deadlineAt = text.indexOf("\n", traceAt) + 1;
  const arnAt = text.indexOf("\n", deadlineAt) + 1;
  const contextAt = text.indexOf("\n", arnAt) + 1;
  const eventAt = text.indexOf("\n", contextAt) + 1;
  return {
    requestId: text.slice(0, traceAt - 1),
    traceId: text.slice(traceAt, deadlineAt - 1),
    deadlineMs: Number(text.slice(deadlineAt, arnAt - 1)),
    functionArn: text.slice(arnAt, contextAt - 1),
    clientContext: text.slice(contextAt, eventAt - 1),
    event: text.slice(eventAt),
  };
}

/** `body` is text, or bytes; so many bytes before it are left to the caller. */
function encodeFrame(kind, body, bytesBefore = 0) {
  const start = headBytes + bytesBefore;
  const length = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(start + length);
  writeHead(frame, kind, bytesBefore + length);
  if (typeof body === "string") frame.write(body, start);
  else frame.set(body, start);
  return frame;
}

function writeHead(frame, kind, bodyLength) {
  frame.writeUInt32LE(1 + bodyLength, 0);
  frame[lengthBytes] = kind;
}
