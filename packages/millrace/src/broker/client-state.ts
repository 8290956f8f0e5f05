/** What is known of one client, for whoever asks from outside: connected, or how it left. */

import type { Broker } from "./broker.ts";
import type { Link } from "./connection/link.ts";
import type { DisconnectReason } from "./lifecycle.ts";
import type { Departure } from "./session/departures.ts";

export interface ClientState {
  readonly clientId: string;
  /** Whether its session outlives its connection. */
  readonly durable: boolean;
  /** How long its session is kept without a connection. */
  readonly sessionExpirySeconds: number;
  /** Absent: it has none. */
  readonly connection?: ConnectionState | undefined;
  /** Absent: it is connected, or this is not known any more. */
  readonly left?: { readonly atMs: number; readonly reason: DisconnectReason } | undefined;
}

export interface ConnectionState {
  /** By the wall clock. */
  readonly sinceMs: number;
  /** As the client asked for it; 0: none. */
  readonly keepAliveSeconds: number;
  /** Absent: it is of no registered device. */
  readonly thingName?: string | undefined;
  readonly link: Pick<Link, "remoteAddress" | "addresses">;
}

/** `undefined` when there is neither a session nor the memory of one. */
export function clientState(broker: Broker, clientId: string): ClientState | undefined {
  const session = broker.sessions.get(clientId);
  if (!session) return departedState(broker, clientId);
  const { durable, expirySeconds, connection } = session;
  const state = { clientId, durable, sessionExpirySeconds: expirySeconds };
  const open = connection?.open;
  if (!open) return { ...state, left: leftOf(session) };
  const { connectedAtMs: sinceMs, keepAliveSeconds, thing } = open;
  const { link } = connection;
  return { ...state, connection: { sinceMs, keepAliveSeconds, thingName: thing?.name, link } };
}

function departedState({ departures }: Broker, clientId: string): ClientState | undefined {
  const departure = departures.get(clientId);
  if (!departure) return undefined;
  return { clientId, durable: false, sessionExpirySeconds: 0, left: leftOf(departure) };
}

function leftOf({ disconnectedAtMs, disconnectReason }: Departure): ClientState["left"] {
  if (disconnectedAtMs === undefined || !disconnectReason) return undefined;
  return { atMs: disconnectedAtMs, reason: disconnectReason };
}
