/** The WebSockets of one door: how their sockets come in, and what they share. */

import { MqttDoor } from "../mqtt-door.ts";
import type { Arrival } from "../socket-owner.ts";
import { FrameDecoders } from "./frame-decoders.ts";
import type { Accepted } from "./handshake.ts";
import { type WebSocketDoor, WebSocketLink } from "./websocket-link.ts";

export class MqttWebSockets extends MqttDoor implements WebSocketDoor {
  readonly decoders = new FrameDecoders();

  /**
   * Answers a handshake that was accepted, and makes the socket a client of the broker. What came
   * behind the request's head are its first bytes. Nothing may wait to be written on the socket.
   */
  open(arrival: Arrival, accepted: Accepted): void {
    const { socket, firstBytes } = arrival;
    const link = new WebSocketLink(arrival, accepted, this);
    socket.data = link;
    link.begin(accepted.answer);
    if (firstBytes.length > 0) link.onData(firstBytes);
  }
}
