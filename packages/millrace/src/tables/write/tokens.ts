/**
 * Idempotency tokens of transactions: for ten minutes a token stands for the request it came with,
 * and for another of the other operation that takes tokens.
 *
 * The token is written in the update that writes the items, so a request that is sent again after
 * its answer was lost does nothing a second time, also when the server died in between.
 */

import { createHash } from "node:crypto";
import { noBytes, textOf, utf8 } from "../../base/mod.ts";
import type { Change, RecordAddress, Records } from "../../storage/mod.ts";
import { refuse } from "../errors.ts";
import { sweepBatchCount, tokenAgeMaxMs } from "../limits.ts";
import { messages } from "../messages.ts";
import { expiryKey, itemKeyOfEntry } from "../store/expiry-key.ts";

const tokenSpace = "tables-tokens";
/** The second of expiry, then the token: what the sweep walks over. */
const agingSpace = "tables-tokens-aging";

export interface Token {
  /** The token; of statements something longer than any token, so that it is another. */
  readonly key: string;
  /** Of all that the token shall stand for. */
  readonly digest: string;
  readonly nowMs: number;
}

interface StoredToken {
  readonly digest: string;
  readonly expiresMs: number;
  /** Of the items, in bytes, as they were charged. */
  readonly sizes?: readonly number[];
}

/** The token of a request, if it has one; it stands for all else that the request says. */
export function readToken(
  operation: "ExecuteTransaction" | "TransactWriteItems",
  request: { readonly ClientRequestToken?: string | undefined },
  nowMs: number,
): Token | undefined {
  const { ClientRequestToken: token, ...rest } = request;
  if (token === undefined) return undefined;
  const digest = hashOf(JSON.stringify(rest));
  const key = operation === "TransactWriteItems" ? token : `${operation}/${hashOf(token)}`;
  return { key, digest, nowMs };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function tokenAddress({ key }: Pick<Token, "key">): RecordAddress {
  return { space: tokenSpace, key: utf8(key) };
}

/**
 * The sizes of the items when the request was carried out before, `undefined` when it was not;
 * refuses a token that stands for another.
 */
export function sizesWhenDone(
  { digest, nowMs }: Token,
  stored: Uint8Array | undefined,
): readonly number[] | undefined {
  if (!stored) return undefined;
  const before = JSON.parse(textOf(stored)) as StoredToken;
  if (before.expiresMs <= nowMs) return undefined;
  if (before.digest !== digest) {
    refuse("IdempotentParameterMismatchException", messages.tokenReused);
  }
  return before.sizes ?? [];
}

/** What makes the token stand for the request. */
export function changesOfToken(token: Token, sizes: readonly number[]): Change[] {
  const { key, digest, nowMs } = token;
  const expiresMs = nowMs + tokenAgeMaxMs;
  const stored: StoredToken = { digest, expiresMs, sizes };
  return [
    { ...tokenAddress(token), value: utf8(JSON.stringify(stored)) },
    {
      space: agingSpace,
      key: expiryKey(Math.ceil(expiresMs / 1000), utf8(key)),
      value: noBytes,
    },
  ];
}

/** Forgets tokens whose time is over; one that was used again since has a later entry. */
export async function sweepTokens(records: Records, nowMs: number): Promise<void> {
  const to = expiryKey(Math.floor(nowMs / 1000));
  for (;;) {
    const spent = await records.range({ space: agingSpace, to, countMax: sweepBatchCount });
    if (spent.length === 0) return;
    const tokens = spent.map(({ key }) => ({ space: tokenSpace, key: itemKeyOfEntry(key) }));
    await records.update(tokens, (values) => {
      const over = tokens.filter((_, at) => isOver(values[at], nowMs));
      const entries = spent.map(({ key }) => ({ space: agingSpace, key }));
      const changes = [...over, ...entries].map((address) => ({ ...address, value: undefined }));
      return { changes, result: undefined };
    });
    if (spent.length < sweepBatchCount) return;
  }
}

function isOver(stored: Uint8Array | undefined, nowMs: number): boolean {
  return stored !== undefined && (JSON.parse(textOf(stored)) as StoredToken).expiresMs <= nowMs;
}
