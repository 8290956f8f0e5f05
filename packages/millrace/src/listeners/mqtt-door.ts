/** A door of the broker: what its clients share, and when the last of them is gone. */

import type { Clock } from "../base/mod.ts";
import type { Broker } from "../broker/mod.ts";
import { linksStopMsMax } from "./limits.ts";
import { untilNone } from "./until-none.ts";

export class MqttDoor {
  readonly broker: Broker;
  /** Clients that the broker was given and whose sockets are not closed. */
  openCount = 0;
  #waiting: Promise<void> | undefined;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /**
   * Resolves when the last socket is closed, so that all has arrived that was written to it, or
   * when all have had their time, which begins with the first call. None is ended here: that is
   * the broker's.
   */
  untilNone(clock: Clock): Promise<void> {
    this.#waiting ??= untilNone(() => this.openCount, clock, linksStopMsMax);
    return this.#waiting;
  }
}
