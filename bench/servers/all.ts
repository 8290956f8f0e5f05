/** Everyone who is compared, ourselves first. */

import { millrace } from "./millrace.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import type { Peer } from "./peer.ts";
import { relay } from "./relay.ts";

/** The one that the others are compared with. */
export const subject = millrace.name;

export const peers: readonly Peer[] = [millrace, relay, mosquitto, nats];
