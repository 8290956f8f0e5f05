/** iot ListTagsForResource: `GET /tags`; all of them in one page. */

import { Query } from "../query.ts";
import { invalid, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { readTagged } from "./tags.ts";

export function listTagsForResource(call: IotCall): Outcome {
  const query = new Query(call, "ListTagsForResource", ["resourceArn"]);
  if (query.problem) return invalid(query.problem);
  const managed = readTagged(call, query.text("resourceArn"));
  if ("type" in managed) return managed;
  const tags = Object.entries(managed.tags).map(([Key, Value]) => ({ Key, Value }));
  return { body: { tags } };
}
