/**
 * The connection to the broker: MQTT over a WebSocket, signed as the guest that this browser is.
 * The client connects again by itself, renews its subscriptions and then sends what was not
 * acknowledged; here its states become words, and the session is told.
 */

import { type ClientState, createClient } from "@millrace/mqtt/client";
import { type Guest, Refusal } from "./guest.ts";
import type { Session, Wire } from "./talk/session.ts";
import { find } from "./view/dom.ts";

/** Connects, and keeps the session that `open` makes informed. */
export function connect(guest: Guest, clientId: string, open: (wire: Wire) => Session): Session {
  const url = () => guest.address().catch((error: unknown) => startAnew(guest, error));
  const client = createClient({ url, clientId });
  let subscribed: Promise<unknown> | undefined;
  const session = open({
    async subscribe(filters) {
      subscribed ??= Promise.all(filters.map((filter) => client.subscribe(filter, 1)));
      await subscribed;
    },
    publish: (topic, payload) => client.publish(topic, payload),
  });
  const decoder = new TextDecoder();
  client.onMessage((topic, payload) => session.receive(topic, decoder.decode(payload)));
  client.onState((state) => {
    showState(state);
    if (state.type === "connected") session.connected().catch(showRefusal);
    if (state.type === "waiting") session.disconnected();
  });
  // A phone that wakes up has lost its connection without noticing.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.retryNow();
  });
  client.connect();
  return session;
}

/** The server may not know the guest any more; what waits to be said survives the reload. */
function startAnew(guest: Guest, error: unknown): never {
  if (error instanceof Refusal && error.code === "ResourceNotFoundException") {
    guest.forget();
    location.reload();
  }
  throw error;
}

function showState({ type }: ClientState): void {
  const element = find("state");
  // Trying again is one state for a person, not an alternation of two.
  if (type === "connecting" && element.dataset.state === "waiting") return;
  element.dataset.state = type;
  if (type === "connected") element.textContent = "Connected";
  if (type === "waiting") showAbsence();
}

/** There is no way to the server at the moment. */
export function showAbsence(): void {
  find("state").dataset.state = "waiting";
  find("state").textContent = "No connection. Trying again…";
}

function showRefusal(error: Error): void {
  find("state").dataset.state = "waiting";
  find("state").textContent = `Cannot enter the room: ${error.message}`;
}
