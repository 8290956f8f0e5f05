/** SUBACK (3.9): what became of each filter of a SUBSCRIBE, in its order [MQTT-3.9.3-1]. */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { subackFailure } from "../return-codes.ts";
import { Writer } from "../writer.ts";

export interface Suback {
  readonly type: "suback";
  readonly packetId: number;
  /** For each filter the granted QoS, or `subackFailure`. */
  readonly returnCodes: readonly number[];
}

/** A packet that counts only if `reader` has no problem. */
export function decodeSuback(reader: Reader): Suback {
  const packetId = reader.packetId();
  const returnCodes: number[] = [];
  while (reader.remaining > 0) {
    const code = reader.byte();
    if (code > 2 && code !== subackFailure) reader.fail("suback-code-reserved"); // [MQTT-3.9.3-2]
    returnCodes.push(code);
  }
  return { type: "suback", packetId, returnCodes };
}

/** The packet's bytes. Throws a RangeError for packet id 0. */
export function encodeSuback({ packetId, returnCodes }: Suback): Uint8Array {
  const writer = new Writer(firstBytes.suback, 2 + returnCodes.length);
  writer.packetId(packetId);
  for (const code of returnCodes) writer.byte(code);
  return writer.bytes;
}
