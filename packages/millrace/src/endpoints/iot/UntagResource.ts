/** iot UntagResource: `POST /untag`; a tag that is missing is as good as taken away. */

import { invalid, type Outcome } from "./answers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";
import { outcomeOf } from "./rules.ts";
import { readTagged } from "./tags.ts";

export async function untagResource(call: IotCall): Promise<Outcome> {
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const { resourceArn, tagKeys } = body.value;
  if (!Array.isArray(tagKeys)) return invalid('"tagKeys" is not a list');
  const managed = readTagged(call, resourceArn);
  if ("type" in managed) return managed;
  const { name } = managed;
  const changed = await call.ports.rules.setTags(name, (tags) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !tagKeys.includes(key))),
  );
  return changed ? outcomeOf(call, name, changed) : { body: {} };
}
