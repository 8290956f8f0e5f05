/**
 * How the items of a transaction fail: each for its own reason, all of them together.
 *
 * What one item cannot be or do is a reason in its place; a table that is not there refuses the
 * whole request at once, and so does an empty value for a key.
 */

import type { Item } from "../../expressions/mod.ts";
import { type CancellationReason, cancel, TableRefusal } from "../errors.ts";

/** What each gives, or the transaction canceled with the reasons of those that refused. */
export function allOrNone<T>(computes: readonly (() => T)[]): T[] {
  const reasons: CancellationReason[] = [];
  const results: T[] = [];
  for (const compute of computes) {
    try {
      results.push(compute());
      reasons.push({ Code: "None" });
    } catch (thrown) {
      reasons.push(reasonOf(thrown));
    }
  }
  if (results.length < computes.length) cancel(reasons);
  return results;
}

/** Finds every table first; then what does not fit its table is a reason in its place. */
export function bindEach<I, T>(inputs: readonly I[], find: (input: I) => () => T): readonly T[] {
  return allOrNone(inputs.map(find));
}

function reasonOf(thrown: unknown): CancellationReason {
  if (!(thrown instanceof TableRefusal) || thrown.ofRequest) throw thrown;
  const { code, message, item } = thrown.error;
  const shown: { Item?: Item } = item ? { Item: item } : {};
  if (code === "ConditionalCheckFailedException") {
    return { Code: "ConditionalCheckFailed", ...shown, Message: message };
  }
  if (code === "DuplicateItemException") return { Code: "DuplicateItem", Message: message };
  if (code === "ValidationException") return { Code: "ValidationError", Message: message };
  throw thrown;
}
