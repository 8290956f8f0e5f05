/** Everyone who is compared, ourselves first. */

import { millrace } from "./millrace.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import type { Peer } from "./peer.ts";
import { relay } from "./relay.ts";

export const peers: readonly Peer[] = [millrace, relay, mosquitto, nats];
