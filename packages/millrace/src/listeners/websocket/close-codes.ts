/** Why a WebSocket is closed, as its two sides tell it. [RFC 6455: 7.4] */

import { textOrUndefined } from "../../base/mod.ts";

export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Stands for a frame without a code, and is never in one. */
  none: 1005,
  invalidText: 1007,
  tooLarge: 1009,
} as const;

/** From here on the codes are those of applications, up to 4999. */
const applicationCodeMin = 3000;
const applicationCodeMax = 4999;

/** What else a frame may say. [IANA: WebSocket Close Code Number Registry] */
const sentCodes: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
]);

/**
 * Codes of a client that leaves by itself: those of a page that closes or goes away, and those of
 * an application. The others say that something went wrong.
 */
const farewells: ReadonlySet<number> = new Set([
  closeCodes.normal,
  closeCodes.goingAway,
  closeCodes.none,
]);

/** Whether a client that closes with this code takes leave. */
export function isFarewell(code: number): boolean {
  return farewells.has(code) || code >= applicationCodeMin;
}

/** The last that is said on a connection. */
export interface LastWord {
  /** The client's own, or the one that it is to be told. */
  readonly closeCode: number;
  /** What the client did wrong; absent: it closes. */
  readonly complaint?: string;
  /** The statement of MQTT that was not kept. */
  readonly clause?: string;
}

/** Reads a close frame's payload: nothing, or a code and perhaps a reason. [RFC 6455: 5.5.1] */
export function readClose(payload: Uint8Array): LastWord {
  const { none, protocolError, invalidText } = closeCodes;
  if (payload.length === 0) return { closeCode: none };
  if (payload.length === 1) {
    return { closeCode: protocolError, complaint: "a close frame with half a code" };
  }
  const closeCode = payload[0]! * 256 + payload[1]!;
  const isOfApplication = closeCode >= applicationCodeMin && closeCode <= applicationCodeMax;
  if (!isOfApplication && !sentCodes.has(closeCode)) {
    return { closeCode: protocolError, complaint: `a close frame with code ${closeCode}` };
  }
  if (textOrUndefined(payload.subarray(2)) === undefined) {
    return { closeCode: invalidText, complaint: "a close frame whose reason is not UTF-8" };
  }
  return { closeCode };
}
