/**
 * A client of the broker over WebSocket.
 *
 * Its end is told twice: by a close frame behind the last bytes, then by FIN, which lingers as that
 * of every socket does. A client that closes is answered so too. A socket that ends without a close
 * frame has lost its client.
 *
 * A client that idles holds no buffer and no decoder. A beat looks whether it was heard since the
 * last one: after the second silent one it is pinged, after the third it is gone.
 */

import { noBytes } from "../../base/mod.ts";
import type { Admission, Connection, Link } from "../../broker/mod.ts";
import { timerStepSeconds, webSocketIdleSecondsMax } from "../limits.ts";
import type { MqttDoor } from "../mqtt-door.ts";
import { type Arrival, allowSeconds, SocketOwner } from "../socket-owner.ts";
import { closeCodes, isFarewell, type LastWord } from "./close-codes.ts";
import { opcodes } from "./frame.ts";
import type { FrameDecoder, FrameReceiver } from "./frame-decoder.ts";
import type { FrameDecoders } from "./frame-decoders.ts";
import { encodeClose, encodeFrame } from "./frame-encoder.ts";
import type { Accepted } from "./handshake.ts";

/** Of a close frame that was sent, or need not be. */
const saidCode = 0;

/** The runtime's clock makes up to two steps more of it. */
const beatSeconds = webSocketIdleSecondsMax / 2 - 2 * timerStepSeconds;
const beatsUntilPing = 2;

/** What all clients of one door share. */
export interface WebSocketDoor extends MqttDoor {
  readonly decoders: FrameDecoders;
}

export class WebSocketLink extends SocketOwner implements Link, FrameReceiver {
  readonly remoteAddress: string;
  readonly admit: Admission | undefined;
  readonly #door: WebSocketDoor;
  #connection: Connection | undefined;
  /** Only while there is half a message. */
  #decoder: FrameDecoder | undefined;
  /** Of the last ping that is not answered. */
  #pong: Uint8Array | undefined;
  #closeCode: number = closeCodes.normal;
  #silentBeats = 0;
  #isPaused = false;

  constructor({ socket, remoteAddress }: Arrival, { admit }: Accepted, door: WebSocketDoor) {
    super(socket);
    this.remoteAddress = remoteAddress;
    this.admit = admit;
    this.#door = door;
  }

  get transport(): "websocket" {
    return "websocket";
  }

  /** Behind a proxy the ports are those of its own connection, and say nothing. */
  get addresses(): Link["addresses"] {
    const { remoteAddress, remotePort, localPort } = this.socket;
    return remoteAddress === this.remoteAddress ? { remotePort, localPort } : undefined;
  }

  /** From here on the bytes are the broker's; it may end the socket at once. */
  begin(handshake: Uint8Array): void {
    this.#door.openCount += 1;
    super.write(handshake);
    allowSeconds(this.socket, beatSeconds);
    this.#connection = this.#door.broker.connect(this);
  }

  override write(bytes: Uint8Array): void {
    super.write(encodeFrame(opcodes.binary, bytes));
  }

  override pause(): void {
    this.#isPaused = true;
    super.pause();
  }

  override resume(): void {
    this.#isPaused = false;
    this.#silentBeats = 0;
    super.resume();
  }

  override end(): void {
    if (!this.isOpen) return;
    this.#pong = undefined;
    if (this.writable) this.#sayClose();
    super.end();
  }

  protected override take(bytes: Uint8Array): void {
    this.#silentBeats = 0;
    const { decoders } = this.#door;
    const decoder = this.#decoder ?? decoders.lend();
    this.#decoder = decoder;
    const lastWord = decoder.push(bytes, this);
    if (lastWord) this.#hear(lastWord);
    else if (decoder.isIdle) {
      this.#decoder = undefined;
      decoders.giveBack(decoder);
    }
    this.#answerPing();
  }

  onPayload(bytes: Uint8Array): void {
    if (this.isOpen) this.#connection?.receive(bytes); // [MQTT-6.0.0-2] [MQTT5-6.0.0-2]
  }

  /** Only the last of several needs an answer. [RFC 6455: 5.5.3] */
  onPing(payload: Uint8Array): void {
    if (this.isOpen) this.#pong = payload;
  }

  #answerPing(): void {
    const pong = this.#pong;
    if (!pong || !this.writable) return;
    this.#pong = undefined;
    super.write(encodeFrame(opcodes.pong, pong));
  }

  #hear({ closeCode, complaint, clause }: LastWord): void {
    this.#decoder = undefined;
    if (!this.isOpen) return;
    this.#closeCode = closeCode;
    if (complaint === undefined) {
      this.#answerPing(); // it came before the close frame [RFC 6455: 5.5.2]
      if (isFarewell(closeCode)) this.#connection?.left();
      else this.#connection?.lost();
    } else this.#connection?.fail(complaint, { clause });
    this.end();
  }

  #sayClose(): void {
    if (this.#closeCode !== saidCode) super.write(encodeClose(this.#closeCode));
    this.#closeCode = saidCode;
  }

  protected override drained(): void {
    this.#silentBeats = 0;
    this.#answerPing();
    if (this.writable) this.#connection?.drained();
    if (!this.isOpen && this.writable) this.#sayClose();
  }

  protected override ended(): void {
    this.#closeCode = saidCode; // there is no handshake to be finished
    this.#connection?.lost();
    this.end();
  }

  protected override gone(): void {
    this.#door.openCount -= 1;
    this.#decoder = undefined;
    this.#connection?.gone();
  }

  /** A client that is not read cannot be heard. */
  override onTimeout(): void {
    if (!this.isOpen) super.onTimeout();
    else {
      this.#silentBeats += this.#isPaused ? 0 : 1;
      if (this.#silentBeats > beatsUntilPing) super.onTimeout();
      else {
        allowSeconds(this.socket, beatSeconds);
        if (this.#silentBeats === beatsUntilPing && this.writable) {
          super.write(encodeFrame(opcodes.ping, noBytes));
        }
      }
    }
  }
}
