/** From a qualifier to the version that a call runs. */

import type { Random } from "../../base/mod.ts";
import { memberOf } from "../../base/mod.ts";
import type { Alias, FunctionEntry } from "./entry.ts";

export const latest = "$LATEST";

/**
 * `$LATEST` for no qualifier; a number for itself when it is published; for an alias one of its
 * versions, drawn by their weights. `undefined`: the function has no such qualifier.
 */
export function resolveVersion(
  entry: FunctionEntry,
  qualifier: string | undefined,
  random: Random,
): string | undefined {
  if (qualifier === undefined || qualifier === latest) return latest;
  if (/^\d+$/.test(qualifier)) {
    return entry.versions.some(({ number }) => number === qualifier) ? qualifier : undefined;
  }
  const alias = memberOf(entry.aliases, qualifier);
  return alias && drawVersion(alias, random.fraction());
}

/** The number that the alias or version stands for; of several versions the first. */
export function versionOf(entry: FunctionEntry, qualifier: string): string | undefined {
  const alias = memberOf(entry.aliases, qualifier);
  const number = alias?.version ?? qualifier;
  return entry.versions.some((version) => version.number === number) || number === latest
    ? number
    : undefined;
}

/** The version of the alias at `fraction` of the way, from 0 to 1. */
export function drawVersion({ version, weights }: Alias, fraction: number): string {
  let passed = 0;
  for (const [other, weight] of Object.entries(weights)) {
    passed += weight;
    if (fraction < passed) return other;
  }
  return version;
}
