/**
 * What "session present" must say in the next CONNACK, as far as a client can know it.
 *
 * A session is promised once the server has answered something that is part of it: SUBACK,
 * UNSUBACK, PUBREC or PUBCOMP. After CONNACK alone a crash may still take it. A clean start ends
 * it, and so does, below MQTT 5, the end of a connection that began with one.
 */

import { mqtt5Level, type ProtocolLevel } from "@millrace/mqtt";

export class Presence {
  readonly #protocolLevel: ProtocolLevel;
  #expected: "yes" | "no" | "either" = "no";
  #isDurable = false;

  constructor(protocolLevel: ProtocolLevel) {
    this.#protocolLevel = protocolLevel;
  }

  /** A CONNECT is about to be sent; what is wrong with an answer that says `present`. */
  connecting(isFresh: boolean): (present: boolean) => string | undefined {
    const expected = isFresh ? "no" : this.#expected;
    // The answer may get lost, and then nobody knows whether there is a session.
    if (this.#expected === "no" || isFresh) this.#expected = "either";
    return (present) => {
      this.#isDurable = !isFresh || this.#protocolLevel === mqtt5Level;
      if (!this.#isDurable) this.#expected = "no";
      if (expected === "either" || present === (expected === "yes")) return undefined;
      return `CONNACK says session present ${present ? 1 : 0}`;
    };
  }

  /** The server has answered with something that the session holds. */
  promised(): void {
    if (this.#isDurable) this.#expected = "yes";
  }
}
