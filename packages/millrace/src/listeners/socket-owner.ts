/**
 * Whoever reads and writes a TCP or TLS socket, and how a socket ends.
 *
 * The kernel takes what it can of a write; the rest is kept here and goes out when the socket
 * drains. Until then nothing more may be written, so at most one write is kept.
 *
 * Ending lingers. A socket that is closed before its input is read makes the kernel send RST, which
 * overtakes the last bytes: a client that is refused while it sends would never learn why. So FIN
 * goes out behind the last byte, what still comes in is thrown away, and a moment later the socket
 * is closed, whatever the other side does.
 */

import type { Socket, SocketHandler } from "bun";
import { assert, systemClock } from "../base/mod.ts";
import {
  lastBytesSeconds,
  lastBytesSecondsMax,
  lingerBytesMax,
  lingerSeconds,
  timerSecondsMax,
  timerStepSeconds,
} from "./limits.ts";

/** A client that has been accepted, and what it has sent so far. */
export interface Arrival {
  readonly socket: Socket<SocketOwner>;
  readonly remoteAddress: string;
  readonly firstBytes: Uint8Array;
}

/**
 * Closes the socket when the time is over, at most two steps of the runtime's clock later and never
 * earlier, whatever it receives until then. 0: it has all the time.
 */
export function allowSeconds(socket: Socket<SocketOwner>, seconds: number): void {
  assert(seconds + timerStepSeconds <= timerSecondsMax, "a socket's time is longer than its timer");
  socket.timeout(seconds === 0 ? 0 : seconds + timerStepSeconds);
}

type Phase = "open" | "ending" | "lingering" | "closed";

export abstract class SocketOwner {
  protected socket: Socket<SocketOwner>;
  #phase: Phase = "open";
  #rest: Uint8Array | undefined;
  #discardedBytes = 0;
  /** Until then a slow reader gets more time for the last bytes. */
  #endMs = 0;

  constructor(socket: Socket<SocketOwner>) {
    this.socket = socket;
  }

  /** Bytes from the socket, as long as it is open. */
  protected abstract take(bytes: Uint8Array): void;
  /** All that was written is with the kernel; as much again may be written. */
  protected abstract drained(): void;
  /** The other side has sent its last byte. */
  protected abstract ended(): void;
  /** The socket is gone. Comes once, whoever wanted it. */
  protected abstract gone(): void;

  get isOpen(): boolean {
    return this.#phase === "open";
  }

  get writable(): boolean {
    return this.#rest === undefined;
  }

  /** Of what was written, what the kernel has not taken. */
  protected get unsentBytes(): number {
    return this.#rest?.length ?? 0;
  }

  /** The first `length` of the bytes: to make a view of them first costs more than to say so. */
  write(bytes: Uint8Array, length = bytes.length): void {
    const written = this.socket.write(bytes, 0, length);
    if (written < 0 || written === length) return;
    // A copy, because the bytes are written over for the next receiver; a Buffer's `slice` is none.
    this.#rest = new Uint8Array(bytes.subarray(written, length));
  }

  #writeRest(rest: Uint8Array): void {
    const written = this.socket.write(rest);
    this.#rest = written >= 0 && written < rest.length ? rest.subarray(written) : undefined;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Sends FIN once everything is written, then waits a moment for that of the other side. */
  end(): void {
    if (this.#phase !== "open") return;
    this.#phase = "ending";
    this.socket.resume(); // a socket that is not read does not see the other side end
    if (this.writable) this.#linger();
    else {
      this.#endMs = systemClock.monotonic() + lastBytesSecondsMax * 1000;
      this.#allowLast();
    }
  }

  /** For a peer that deserves no answer. */
  terminate(): void {
    if (this.#phase !== "closed") this.socket.terminate();
  }

  onData(bytes: Uint8Array): void {
    if (this.#phase === "open") this.take(bytes);
    else this.#discard(bytes);
  }

  onDrain(): void {
    if (this.#phase === "ending") this.#allowLast();
    if (this.#rest) this.#writeRest(this.#rest);
    if (this.#rest || this.#phase === "lingering") return;
    this.drained();
    if (this.#phase === "ending" && this.writable) this.#linger();
  }

  onEnd(): void {
    if (this.#phase === "lingering") this.socket.close();
    else this.ended();
  }

  onTimeout(): void {
    // What lingers has the last bytes in the kernel, which goes on delivering them; RST would not.
    if (this.#phase === "lingering") this.socket.close();
    else this.socket.terminate();
  }

  onClose(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#rest = undefined; // whoever still knows the owner need not keep it
    this.gone();
  }

  #allowLast(): void {
    if (systemClock.monotonic() < this.#endMs) allowSeconds(this.socket, lastBytesSeconds);
  }

  #linger(): void {
    this.#phase = "lingering";
    this.socket.shutdown();
    allowSeconds(this.socket, lingerSeconds);
  }

  #discard(bytes: Uint8Array): void {
    this.#discardedBytes += bytes.length;
    if (this.#discardedBytes > lingerBytesMax) this.socket.pause();
  }
}

/**
 * What the runtime calls, for sockets whose `data` is their owner. A socket has none that is
 * refused, and so closed, while it is accepted, nor has the outer half of an upgrade to TLS.
 */
export const ownedSocket = {
  binaryType: "uint8array",
  data: (socket, bytes: Uint8Array) => socket.data?.onData(bytes),
  drain: (socket) => socket.data?.onDrain(),
  end: (socket) => socket.data?.onEnd(),
  timeout: (socket) => socket.data?.onTimeout(),
  close: (socket) => socket.data?.onClose(),
  error(_socket, error) {
    // A record that does not decrypt, or an alert; the socket closes. All else was thrown by us.
    if ((error as { code?: string }).code !== "EPROTO") throw error;
  },
} satisfies SocketHandler<SocketOwner>;
