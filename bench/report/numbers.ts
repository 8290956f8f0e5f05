/** Medians, and figures as text. */

import type { Figures } from "../load/workload.ts";
import type { Column, PeerResult } from "./section.ts";

/** The middle value, or the mean of the two in the middle; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of a figure over the rounds that have it; NaN when none has. */
export function medianOf(peer: PeerResult | undefined, key: string): number {
  const values = (peer?.rounds ?? []).map((round) => figureOf(round, key));
  return median(values.filter((value) => !Number.isNaN(value)));
}

/** NaN for a figure that is absent, or that JSON could not hold. */
export function figureOf(round: Figures, key: string): number {
  return round[key] ?? Number.NaN;
}

/** "-" for NaN. */
export function show(value: number, how: Column["show"]): string {
  if (Number.isNaN(value)) return "-";
  if (how === "decimal") return value.toFixed(2);
  if (how === "percent") return `${Math.round(value * 100)} %`;
  return Math.round(value).toLocaleString("en");
}
