/** The WebSockets of one door: how their sockets come in, and what they share. */

import type { Clock } from "../../base/mod.ts";
import type { Broker } from "../../broker/mod.ts";
import { untilNone } from "../front.ts";
import { wholeStopMsMax } from "../limits.ts";
import type { Arrival } from "../socket-owner.ts";
import { FrameDecoders } from "./frame-decoders.ts";
import type { Accepted } from "./handshake.ts";
import { type WebSocketDoor, WebSocketLink } from "./websocket-link.ts";

export class MqttWebSockets implements WebSocketDoor {
  readonly broker: Broker;
  readonly decoders = new FrameDecoders();
  openCount = 0;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /**
   * Answers a handshake that was accepted, and makes the socket a client of the broker. What came
   * behind the request's head are its first bytes. Nothing may wait to be written on the socket.
   */
  open({ socket, remoteAddress, firstBytes }: Arrival, accepted: Accepted): void {
    const link = new WebSocketLink({ socket, remoteAddress, admit: accepted.admit }, this);
    socket.data = link;
    link.begin(accepted.answer);
    if (firstBytes.length > 0) link.onData(firstBytes);
  }

  /** Resolves when the last WebSocket is closed, or all have had their time; none is ended here. */
  async untilNone(clock: Clock): Promise<void> {
    await untilNone(() => this.openCount, clock, wholeStopMsMax);
  }
}
