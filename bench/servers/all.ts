/** Everyone who is compared, ourselves first. */

import { dynalite } from "./dynalite.ts";
import { millrace } from "./millrace.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import type { Peer } from "./peer.ts";
import { relay } from "./relay.ts";

/** The one that the others are compared with. */
export const subject = millrace.name;

/** Those that speak MQTT, which most benchmarks are about. */
export const brokers: readonly Peer[] = [millrace, relay, mosquitto, nats];

export const peers: readonly Peer[] = [...brokers, dynalite];
