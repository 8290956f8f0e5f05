/** Tags of rules: the header that brings them, their bounds, and whose they are. */

import type { ManagedRule, Tags } from "../../rules/mod.ts";
import { type Failure, failure } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { ownResource } from "./own-arn.ts";

const tagsMax = 50;
const keyLengthMax = 128;
const valueLengthMax = 256;

/** `k1=v1&k2=v2`, percent-encoded as a query is. */
export function readTagHeader(header: string | null): Tags {
  return Object.fromEntries(new URLSearchParams(header ?? ""));
}

/** What is wrong with the tags, if anything. */
export function tagsProblem(tags: Tags): string | undefined {
  const entries = Object.entries(tags);
  if (entries.length > tagsMax)
    return `There are ${entries.length} tags, at most ${tagsMax} are taken`;
  for (const [key, value] of entries) {
    if (key.startsWith("aws:")) return `The tag "${key}" begins with "aws:"`;
    if (key === "" || key.length > keyLengthMax) {
      return `The tag "${key}" is not 1 to ${keyLengthMax} characters`;
    }
    if (value.length > valueLengthMax) {
      return `The value of tag "${key}" has more than ${valueLengthMax} characters`;
    }
  }
  return undefined;
}

/** The rule of an ARN of this account and region. Only rules have tags here. */
export function readTagged({ ports }: IotCall, arn: unknown): ManagedRule | Failure {
  const [, name] = /^rule\/(\w{1,128})$/.exec(ownResource(ports, arn) ?? "") ?? [];
  const managed = name === undefined ? undefined : ports.rules.get(name);
  if (managed) return managed;
  return failure("ResourceNotFoundException", `There is no rule "${String(arn)}" that has tags`);
}
