/**
 * A small MQTT client over WebSocket, for browsers and tests: it reconnects by itself, and what it
 * has promised survives that.
 *
 * Leaves out QoS 2, MQTT 5, TCP, and keeping requests over a reload of the page.
 */

import { Client, type ClientOptions } from "./client.ts";

export type {
  Client,
  ClientOptions,
  ClientState,
  MessageHandler,
  PublishOptions,
  StateHandler,
} from "./client.ts";
export type { Clock, Environment, Socket, Timer } from "./environment.ts";
export type { ClientQos } from "./subscriptions.ts";

/** A client that has not connected yet; what is asked of it before `connect` waits for it. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}
