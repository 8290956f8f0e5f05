/**
 * The connection to the broker: MQTT over a WebSocket at `/mqtt` of the page's own origin. The
 * client connects again by itself, renews its subscriptions and then sends what was not
 * acknowledged; here its states become words, and the session is told.
 */

import { type ClientState, createClient } from "@millrace/mqtt/client";
import type { Session, Wire } from "./talk/session.ts";
import { find } from "./view/dom.ts";

/** Connects, and keeps the session that `open` makes informed. */
export function connect(clientId: string, open: (wire: Wire) => Session): Session {
  const url = `${location.origin.replace(/^http/, "ws")}/mqtt`;
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

function showState({ type }: ClientState): void {
  const element = find("state");
  // Trying again is one state for a person, not an alternation of two.
  if (type === "connecting" && element.dataset.state === "waiting") return;
  element.dataset.state = type;
  if (type === "connected") element.textContent = "Connected";
  if (type === "waiting") element.textContent = "No connection. Trying again…";
}

function showRefusal(error: Error): void {
  find("state").dataset.state = "waiting";
  find("state").textContent = `Cannot enter the room: ${error.message}`;
}
