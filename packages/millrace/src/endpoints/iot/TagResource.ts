/** iot TagResource: `POST /tags`; a tag that is there already gets another value. */

import { invalid, type Outcome } from "./answers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";
import { outcomeOf } from "./rules.ts";
import { readTagged, tagsProblem } from "./tags.ts";

export async function tagResource(call: IotCall): Promise<Outcome> {
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const { resourceArn, tags } = body.value;
  if (!isTagList(tags)) return invalid('"tags" is not a list of objects with "Key" and "Value"');
  const managed = readTagged(call, resourceArn);
  if ("type" in managed) return managed;
  const added = Object.fromEntries(tags.map(({ Key, Value = "" }) => [Key, Value]));
  const problem = tagsProblem({ ...managed.tags, ...added });
  if (problem) return invalid(problem);
  const { name } = managed;
  const changed = await call.ports.rules.setTags(name, (former) => ({ ...former, ...added }));
  return changed ? outcomeOf(call, name, changed) : { body: {} };
}

function isTagList(value: unknown): value is { Key: string; Value?: string }[] {
  if (!Array.isArray(value)) return false;
  return value.every(
    (tag) => typeof tag?.Key === "string" && ["string", "undefined"].includes(typeof tag.Value),
  );
}
