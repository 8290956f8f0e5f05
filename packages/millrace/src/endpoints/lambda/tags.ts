/** Tags of a function, which belong to all of its versions. */

import { tagsMax } from "../../functions/mod.ts";
import { invalidParameter } from "./answers.ts";
import { type Answer, type ControlCall, no } from "./operation.ts";

export const tagsPath = /^\/2017-03-31\/tags\/([^/]+)$/;

/** The tags of a request, or what is wrong with them. */
export function readTags(
  given: unknown,
): { readonly tags: Readonly<Record<string, string>> } | Extract<Answer, { refusal: unknown }> {
  const tags: [string, string][] = [];
  for (const [key, value] of Object.entries(given as Record<string, unknown>)) {
    if (key.length < 1 || key.length > 128) return wrong(`the key "${key}" is too long`);
    if (typeof value !== "string" || value.length > 256) {
      return wrong(`the value of "${key}" is no text of at most 256 characters`);
    }
    tags.push([key, value]);
  }
  if (tags.length > tagsMax) return wrong(`there are more than ${tagsMax}`);
  return { tags: Object.fromEntries(tags) };
}

function wrong(what: string) {
  return { refusal: invalidParameter(`The tags are not valid: ${what}`) };
}

/** Versions and aliases have no tags of their own. */
export function refuseQualifier({ qualifier }: ControlCall): Answer | undefined {
  if (qualifier === undefined) return undefined;
  return no(
    invalidParameter(
      "Tags on function aliases and versions are not supported. Please specify either a function " +
        "name or an unqualified function ARN.",
    ),
  );
}
