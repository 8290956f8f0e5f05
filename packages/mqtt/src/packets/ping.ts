/** PINGREQ and PINGRESP (3.12, 3.13): are you there? yes. Neither holds a field. */

import { firstBytes } from "../fixed-header.ts";

export interface Pingreq {
  readonly type: "pingreq";
}

export interface Pingresp {
  readonly type: "pingresp";
}

/** The whole packet, shared: do not write into it. */
export const pingreqBytes: Uint8Array = Uint8Array.of(firstBytes.pingreq, 0);

/** The whole packet, shared: do not write into it. */
export const pingrespBytes: Uint8Array = Uint8Array.of(firstBytes.pingresp, 0);
