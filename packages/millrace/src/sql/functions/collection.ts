/** Functions over arrays and objects, tests of type, and defaults. */

import { toInt } from "../convert.ts";
import { writeJson } from "../json-write.ts";
import { sqlLimits } from "../limits.ts";
import { isArray, isObject, memberOf, mergeObjects, type Value } from "../value.ts";
import type { SqlVersion } from "../version.ts";
import { countCharacters, sliceCharacters } from "./characters.ts";
import { type FunctionTable, onValues, since2016 } from "./definition.ts";

export function collectionFunctions(version: SqlVersion): FunctionTable {
  return {
    get: onValues(2, get),
    get_or_default: since2016(onValues([1, 2], (value, otherwise) => value ?? otherwise)),
    isnull: onValues(1, (value) => value === null),
    isundefined: since2016(onValues(1, (value) => value === undefined)),
    transform: {
      ...since2016(onValues(3, (_mode, object, items) => enrichArray(object, items, version))),
      literal: { place: 0, texts: ["enrichArray"] },
    },
  };
}

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
function enrichArray(object: Value, items: Value, version: SqlVersion): Value {
  if (!isObject(object) || !isArray(items)) return undefined;
  const enriched: Value[] = [];
  for (const item of items) {
    if (!isObject(item)) return undefined;
    enriched.push(mergeObjects(item, object));
  }
  const bytes = Buffer.byteLength(writeJson(enriched, version));
  return bytes > sqlLimits.transformBytesMax ? undefined : enriched;
}
