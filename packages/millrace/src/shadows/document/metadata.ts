/**
 * Metadata: when each value of the state was last written, in seconds.
 *
 * It has the shape of the state. Where the state has a value it has `{ "timestamp": ... }`; where
 * an array, an array with one for each element. [live captures; the guide's oldest sample has one
 * timestamp for the whole array]
 */

import { isArray, isObject, type Json, type JsonObject, member } from "./json.ts";

/** Of values that are written now. A null, which removes, has a timestamp too. */
export function metadataOf(value: Json, nowSeconds: number): Json {
  if (isArray(value)) return value.map((inner) => metadataOf(inner, nowSeconds));
  if (!isObject(value)) return { timestamp: nowSeconds };
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [key, metadataOf(inner, nowSeconds)]));
}

/** The part of the metadata that belongs to these values, which are a part of its state. */
export function metadataFor(values: JsonObject, metadata: JsonObject): JsonObject {
  const entries = Object.entries(values).map(([key, value]) => {
    const known = member(metadata, key)!;
    return [key, isObject(value) ? metadataFor(value, known as JsonObject) : known] as const;
  });
  return Object.fromEntries(entries);
}
