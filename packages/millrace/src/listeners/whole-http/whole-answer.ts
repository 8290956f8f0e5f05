/** What a front asks, and what it is told: requests that have come in whole, and their answers. */

import type { Awaitable, BytePieces } from "../../base/mod.ts";
import type { RequestHeaders } from "./request-head.ts";

/** A request before its body. */
export interface WholeHead {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly headers: RequestHeaders;
}

/** A request that has come in whole. */
export interface WholeRequest extends WholeHead {
  /** Good until the answer is there. */
  readonly body: Uint8Array;
}

export interface WholeAnswer {
  readonly status: number;
  /** By their names, each once. */
  readonly headers: Readonly<Record<string, string>> | AnswerHeaderMap;
  /**
   * A text is sent as UTF-8. When pieces break off, or have another length than they said, the
   * connection ends, so that half an answer is never taken for a whole one.
   */
  readonly body: string | Uint8Array | BytePieces;
}

/** An answer of the plainest form. */
export interface SmallAnswer extends WholeAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Headers as a map, beside which cookies stand, as each has a line of its own. */
export type AnswerHeaderMap = ReadonlyMap<string, string> & {
  readonly cookies?: readonly string[];
};

/** The other side of a connection. */
export interface WholeClient {
  readonly ip: string;
}

/** How requests with the same headers are answered. */
export interface Answerer {
  /** Whether they are, with this method and this path. */
  takes(head: WholeHead): boolean;
  /** What is thrown costs this request alone. */
  answer(request: WholeRequest): Awaitable<WholeAnswer>;
}

/**
 * Who answers requests with these headers; `undefined`: nobody here. It is not asked again for
 * headers that differ only in what differs from one request to the next (`head-memory.ts`).
 */
export type Meet = (headers: RequestHeaders, client: WholeClient) => Answerer | undefined;
