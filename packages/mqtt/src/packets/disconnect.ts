/** DISCONNECT (3.14): the client leaves on purpose, so its will is not published. */

import { firstBytes } from "../fixed-header.ts";

export interface Disconnect {
  readonly type: "disconnect";
}

/** The whole packet, shared: do not write into it. */
export const disconnectBytes: Uint8Array = Uint8Array.of(firstBytes.disconnect, 0);
