/** The one place where the simulation makes a broker: what `Broker` needs more is added here. */

import type { Clock, Logger, Random } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { Broker, type BrokerLimits, type LifecycleObserver, type Tap } from "../mod.ts";

export interface BrokerSurroundings {
  readonly records: Records;
  readonly limits: BrokerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly observer: LifecycleObserver;
  readonly tap: Tap;
}

export function buildBroker(surroundings: BrokerSurroundings): Broker {
  const { tap, ...others } = surroundings;
  return new Broker({
    ...others,
    admit: () => ({ allowed: true, principal: "simulated" }),
    taps: [tap],
    atEndOfTurn: (callback) => void others.clock.after(0, callback),
  });
}
