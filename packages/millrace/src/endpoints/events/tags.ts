/** Tags of buses and rules, which requests give as a list of keys with values. */

import { busLimits } from "../../events/mod.ts";
import { invalid, notValid, type Refusal } from "./operation.ts";

export type Tags = Readonly<Record<string, string>>;

/** Tags of a request, or why they cannot be taken. */
export function readTags(given: unknown): { readonly tags: Tags } | { readonly refusal: Refusal } {
  const tags: [string, string][] = [];
  for (const entry of (given as readonly unknown[] | undefined) ?? []) {
    const { Key: key, Value: value } = (entry ?? {}) as Record<string, unknown>;
    if (typeof key !== "string" || key.length < 1 || key.length > 128) {
      return notValid("Tags", "a tag has a Key of 1 to 128 characters");
    }
    if (typeof value !== "string" || value.length > 256) {
      return notValid("Tags", `the Value of the tag "${key}" is no text of 256 characters at most`);
    }
    tags.push([key, value]);
  }
  if (tags.length > busLimits.tagsMax) return tooManyTags;
  return { tags: Object.fromEntries(tags) };
}

export function tagList(tags: Tags): object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export const tooManyTags = invalid(`A resource has at most ${busLimits.tagsMax} tags`);
