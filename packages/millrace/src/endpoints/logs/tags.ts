/** Tags of groups. */

import type { LogGroup } from "../../logs/mod.ts";
import {
  answer,
  invalid,
  type LogsCall,
  type Outcome,
  problem,
  type Refusal,
} from "./operation.ts";

const tagsMax = 50;

export type Tags = Readonly<Record<string, string>>;

/** Tags of a request, which are a map. */
export function readTags(given: unknown): { readonly tags: Tags } | { readonly refusal: Refusal } {
  const tags = Object.entries((given as Record<string, unknown>) ?? {});
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128) return invalid(`The tag key "${key}" is too long`);
    if (typeof value !== "string" || value.length > 256) {
      return invalid(`The value of the tag "${key}" is no text of at most 256 characters`);
    }
  }
  if (tags.length > tagsMax) return tooManyTags;
  return { tags: Object.fromEntries(tags) as Tags };
}

export async function addTags({ logs, input }: LogsCall, group: LogGroup): Promise<Outcome> {
  const read = readTags(input.tags);
  if ("refusal" in read) return read;
  const all = { ...group.record.tags, ...read.tags };
  if (Object.keys(all).length > tagsMax) return tooManyTags;
  const changed = await logs.changeGroup(group.record.name, { tags: all });
  return changed.ok ? answer() : problem(changed.problem);
}

export async function removeTags(
  { logs }: LogsCall,
  group: LogGroup,
  keys: readonly unknown[],
): Promise<Outcome> {
  const kept = Object.entries(group.record.tags).filter(([key]) => !keys.includes(key));
  const changed = await logs.changeGroup(group.record.name, { tags: Object.fromEntries(kept) });
  return changed.ok ? answer() : problem(changed.problem);
}

const tooManyTags = {
  refusal: {
    type: "TooManyTagsException",
    message: `A resource has at most ${tagsMax} tags`,
  },
};
