/**
 * Merges what a request says into a section, and its metadata with it.
 *
 * Objects are merged member by member; a null removes; everything else, arrays too, replaces.
 * [guide: Deleting shadow data, Array values in shadow documents]
 *
 * An object that has lost its last member stays, as `{}`; where nothing says, that is our choice.
 */

import { emptyObject, isObject, type JsonObject, member, withoutNulls } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** Part of a document: values, and metadata of the same shape. */
export interface Section {
  readonly state: JsonObject;
  readonly metadata: JsonObject;
}

export const emptySection: Section = { state: emptyObject, metadata: emptyObject };

/** A new section; what was given does not change. */
export function merge(section: Section, patch: JsonObject, nowSeconds: number): Section {
  const state = new Map(Object.entries(section.state));
  const metadata = new Map(Object.entries(section.metadata));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      state.delete(key);
      metadata.delete(key);
    } else if (isObject(value)) {
      const merged = merge(objectAt(section, key), value, nowSeconds);
      state.set(key, merged.state);
      metadata.set(key, merged.metadata);
    } else {
      const kept = withoutNulls(value);
      state.set(key, kept);
      metadata.set(key, metadataOf(kept, nowSeconds));
    }
  }
  return { state: Object.fromEntries(state), metadata: Object.fromEntries(metadata) };
}

/** What an object is merged into: the one that is there, or an empty one instead of a value. */
function objectAt({ state, metadata }: Section, key: string): Section {
  const inner = member(state, key);
  if (!isObject(inner)) return emptySection;
  return { state: inner, metadata: member(metadata, key) as JsonObject };
}
