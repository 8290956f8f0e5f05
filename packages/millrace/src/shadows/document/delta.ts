/**
 * The delta: what is desired and not reported, or reported otherwise. [guide: Delta state]
 *
 * What is only reported does not count. Of objects that differ it has the path to what differs;
 * arrays differ as a whole. An empty object that is desired and not reported at all counts, which
 * the guide does not say.
 */

import { isEmpty, isObject, type Json, type JsonObject, member, sameValue } from "./json.ts";

export function deltaOf(desired: JsonObject, reported: JsonObject): JsonObject {
  const differing: [string, Json][] = [];
  for (const [key, wanted] of Object.entries(desired)) {
    const known = member(reported, key);
    if (isObject(wanted) && isObject(known)) {
      const inner = deltaOf(wanted, known);
      if (!isEmpty(inner)) differing.push([key, inner]);
    } else if (known === undefined || !sameValue(wanted, known)) {
      differing.push([key, wanted]);
    }
  }
  return Object.fromEntries(differing);
}
