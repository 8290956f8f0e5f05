/** Whether an alias, and what is held ready for aliases and versions, can be as it is asked for. */

import type { Alias, FunctionEntry } from "../catalogue/entry.ts";
import { latest, versionOf } from "../catalogue/resolve.ts";
import type { Fleet } from "../fleet.ts";
import { unreservedConcurrencyMin } from "../limits.ts";
import { type ControlError, invalid, missing } from "./errors.ts";

const tooManyWeights = "Number of items in AdditionalVersionWeights cannot be greater than 1";
const latestWithWeights = "$LATEST is not supported for an alias pointing to more than 1 version";

/** What is wrong with the alias, if anything. */
export function checkAlias(
  entry: FunctionEntry,
  { version, weights }: Omit<Alias, "revisionId">,
  arn: string,
): ControlError | undefined {
  const isPublished = (number: string) => entry.versions.some((one) => one.number === number);
  if (version !== latest && !isPublished(version)) {
    return missing(`Function not found: ${arn}:${version}`);
  }
  const [other, ...more] = Object.entries(weights);
  if (!other) return undefined;
  if (more.length > 0) return invalid(tooManyWeights);
  if (version === latest) return invalid(latestWithWeights);
  if (!isPublished(other[0])) return missing(`Function not found: ${arn}:${other[0]}`);
  if (other[0] === version) {
    return invalid(
      `Invalid function version ${version}. Function version ${version} is already included in ` +
        "routing configuration.",
    );
  }
  return other[1] < 0 || other[1] > 1 ? invalid("A weight is a number from 0 to 1") : undefined;
}

/** What is wrong with so much concurrency provisioned, if anything. */
export function checkProvisioned(entry: FunctionEntry, fleet: Fleet): ControlError | undefined {
  const { concurrency, places } = fleet;
  const counts = provisionedByVersion(entry);
  switch (concurrency.provisionProblem(entry.name, counts)) {
    case "above-reserved":
      return invalid(
        "Requested Provisioned Concurrency should not be greater than the " +
          "reservedConcurrentExecution for function",
      );
    case "too-little-unreserved":
      return invalid(
        "Specified ConcurrentExecutions for function decreases account's " +
          `UnreservedConcurrentExecution below its minimum value of [${unreservedConcurrencyMin}].`,
      );
  }
  const others = concurrency.provisionedOfAll - concurrency.provisionedOf(entry.name);
  const left = places.processesMax - places.unprovisionedMin - others;
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // There may be less room than there was, or more for others: what lowers it is no trouble.
  if (asked <= left || asked <= concurrency.provisionedOf(entry.name)) return undefined;
  return invalid(
    `Provisioned concurrency of ${asked} for the function is more than this machine has room ` +
      `for: of ${places.processesMax} processes ${left} can still be provisioned (--processes)`,
  );
}

/** Of each version, how many processes are to be held ready for it and for its aliases. */
export function provisionedByVersion(entry: FunctionEntry): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [qualifier, count] of Object.entries(entry.provisioned)) {
    const version = versionOf(entry, qualifier);
    if (version) counts.set(version, (counts.get(version) ?? 0) + count);
  }
  return counts;
}
