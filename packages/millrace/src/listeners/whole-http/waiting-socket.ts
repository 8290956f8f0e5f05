/** A socket of a front that waits for its PROXY header: it takes a file descriptor, too. */

import type { Socket } from "bun";
import { type ProxiedDoor, ProxiedSocket } from "../proxied-socket.ts";
import type { SocketOwner } from "../socket-owner.ts";
import type { Guest, Room } from "./room.ts";

export class WaitingSocket extends ProxiedSocket implements Guest {
  older: Guest | undefined;
  younger: Guest | undefined;
  cameMs = 0;
  readonly hasAsked = false;
  readonly isIdle = true;
  readonly #room: Room;

  /** Its place is free when it is welcomed. */
  constructor(socket: Socket<SocketOwner>, room: Room, { logger, welcome }: ProxiedDoor) {
    super(socket, {
      logger,
      welcome: (arrival) => {
        room.leave(this);
        welcome(arrival);
      },
    });
    this.#room = room;
    room.enter(this);
  }

  makeRoom(): void {
    this.terminate();
  }

  finish(): void {
    this.end();
  }

  protected override gone(): void {
    this.#room.leave(this);
  }
}
