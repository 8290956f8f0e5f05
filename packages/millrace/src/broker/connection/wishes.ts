/** What a client of MQTT 5 has asked for in its CONNECT that most do not. */

import type { OutboundAliases } from "./topic-aliases.ts";

export interface Wishes {
  /** Client Maximum Packet Size, in bytes; infinite without one. */
  readonly packetBytesMax: number;
  /** Whether packets beside PUBLISH, CONNACK and DISCONNECT may say why in words. */
  readonly problemInformation: boolean;
  readonly outboundAliases: OutboundAliases | undefined;
}

export const noWishes: Wishes = {
  packetBytesMax: Number.POSITIVE_INFINITY,
  problemInformation: true,
  outboundAliases: undefined,
};
