/** Every packet of MQTT 3.1, 3.1.1 and 5, told apart by `type`. What each holds is in its file. */

import type { Puback, Pubcomp, Pubrec, Pubrel } from "./packets/acknowledgement.ts";
import type { Auth } from "./packets/auth.ts";
import type { Connack } from "./packets/connack.ts";
import type { Connect } from "./packets/connect.ts";
import type { Disconnect } from "./packets/disconnect.ts";
import type { Pingreq, Pingresp } from "./packets/ping.ts";
import type { Publish } from "./packets/publish.ts";
import type { Suback } from "./packets/suback.ts";
import type { Subscribe } from "./packets/subscribe.ts";
import type { Unsuback } from "./packets/unsuback.ts";
import type { Unsubscribe } from "./packets/unsubscribe.ts";

export type Packet =
  | Connect
  | Connack
  | Publish
  | Puback
  | Pubrec
  | Pubrel
  | Pubcomp
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Pingreq
  | Pingresp
  | Disconnect
  | Auth;

export type PacketType = Packet["type"];
