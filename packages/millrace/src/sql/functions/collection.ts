/** Functions over arrays and objects, and tests of type. */

import { sqlLimits } from "../limits.ts";
import type { Run } from "../run.ts";
import { toInt } from "../values/convert.ts";
import { writeJson } from "../values/json-write.ts";
import type { Value } from "../values/value.ts";
import { countMembers, isArray, isObject, memberOf, mergeObjects } from "../values/value.ts";
import { countCharacters, sliceCharacters } from "./characters.ts";
import { type FunctionTable, onValues, since2016 } from "./definition.ts";

export const collectionFunctions: FunctionTable = {
  /** Of `*` too: names at the top of a payload that no statement could spell have no other way. */
  get: { ...onValues(2, (_run, collection, key) => get(collection, key)), starAt: 0 },
  get_or_default: since2016({ argumentsMin: 1, argumentsMax: 2, body: { kind: "default" } }),
  isnull: onValues(1, (_run, value) => value === null),
  isundefined: since2016(onValues(1, (_run, value) => value === undefined)),
  transform: {
    ...since2016(onValues(3, transform)),
    literals: () => [{ place: 0 }],
  },
};

/** An element, a character or a member; keys of objects are not converted. */
function get(collection: Value, key: Value): Value {
  if (isObject(collection)) return typeof key === "string" ? memberOf(collection, key) : undefined;
  if (!isArray(collection) && typeof collection !== "string") return undefined;
  const index = toInt(key);
  if (typeof index !== "number" || index < 0) return undefined;
  if (isArray(collection)) return collection[index];
  return index < countCharacters(collection)
    ? sliceCharacters(collection, index, index + 1)
    : undefined;
}

/** Every element, an object, with the members of `object` added over its own. */
function transform(run: Run, mode: Value, object: Value, items: Value): Value {
  if (mode !== "enrichArray" || !isObject(object) || !isArray(items)) return undefined;
  const added = countMembers(object);
  const enriched: Value[] = [];
  for (const item of items) {
    if (!isObject(item)) return undefined;
    run.spend(10 + 4 * (added + countMembers(item)));
    enriched.push(mergeObjects(item, object));
  }
  const text = writeJson(enriched, run.version);
  run.spend(text.length);
  return Buffer.byteLength(text) > sqlLimits.transformBytesMax ? undefined : enriched;
}
