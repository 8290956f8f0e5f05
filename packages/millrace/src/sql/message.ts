/** A message, as statements and templates see it. */

import type { Random } from "../base/mod.ts";
import type { Payload } from "./values/payload.ts";

/** A message as the rules engine received it. What is absent is Undefined in the language. */
export interface MessageContext {
  /** Without `$aws/rules/<rule>/` when it came through Basic Ingest. */
  readonly topic: string;
  readonly payload: Payload;
  /** Absent when the message did not come over MQTT: `clientid()` is then `n/a`. */
  readonly clientId?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly principal?: string | undefined;
  readonly traceId?: string | undefined;
  readonly accountId: string;
  /** `timestamp()`, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** For `newuuid()` and `rand()`. */
  readonly random: Random;
  /** Of a PUBLISH of MQTT 5. */
  readonly properties?: MessageProperties | undefined;
}

/** For `get_mqtt_property` and `get_user_properties`. */
export interface MessageProperties {
  /** The payload format indicator says UTF-8. */
  readonly isUtf8?: boolean | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /** In the order of the packet. */
  readonly userProperties?: readonly (readonly [key: string, value: string])[] | undefined;
}
