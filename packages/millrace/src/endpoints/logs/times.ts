/** The range of time that a request asks for, in milliseconds since 1970. */

import { type Input, invalid, type Refusal } from "./operation.ts";
import { readInteger } from "./paging.ts";

const bounds = { min: 0, max: Number.MAX_SAFE_INTEGER };

export function readTimes(
  input: Input,
): { readonly fromMs: number; readonly endMs: number } | { readonly refusal: Refusal } {
  const fromMs = readInteger(input, "startTime", { ...bounds, fallback: 0 });
  if (typeof fromMs !== "number") return fromMs;
  const fallback = Number.POSITIVE_INFINITY;
  const endMs = readInteger(input, "endTime", { ...bounds, fallback });
  if (typeof endMs !== "number") return endMs;
  if (fromMs > endMs) return invalid("startTime must not be later than endTime");
  return { fromMs, endMs };
}
