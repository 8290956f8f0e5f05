/** How long a connection may last, whatever its client does. */

import type { Admitted } from "../admission.ts";
import type { DisconnectReason } from "../lifecycle.ts";
import type { Connection } from "./connection.ts";

export interface Life {
  /** By the monotonic clock. */
  readonly endsAtMs: number;
  readonly reason: DisconnectReason;
}

/** The shorter of what whoever let it in allows and what its transport does; from now on. */
export function lifeOf({ broker, link }: Connection, { life }: Admitted): Life | undefined {
  const { webSocketSecondsMax } = broker.limits;
  const ofLink = link.transport === "websocket" ? webSocketSecondsMax : Number.POSITIVE_INFINITY;
  const { seconds, reason } =
    life && life.seconds <= ofLink
      ? life
      : { seconds: ofLink, reason: "WEBSOCKET_TTL_EXPIRATION" as const };
  if (!Number.isFinite(seconds)) return undefined;
  return { endsAtMs: broker.clock.monotonic() + seconds * 1000, reason };
}
