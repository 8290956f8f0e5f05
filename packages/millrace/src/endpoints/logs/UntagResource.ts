/** UntagResource, and UntagLogGroup, its form of before, which names the group. */

import { readGroup, readResource } from "./names.ts";
import type { LogsOperation } from "./operation.ts";
import { removeTags } from "./tags.ts";

export const untagResource: LogsOperation = {
  members: { resourceArn: "string", tagKeys: "list" },
  async perform(call) {
    const group = readResource(call);
    if ("refusal" in group) return group;
    return removeTags(call, group, (call.input.tagKeys ?? []) as readonly unknown[]);
  },
};

export const untagLogGroup: LogsOperation = {
  members: { logGroupName: "string", tags: "list" },
  async perform(call) {
    const group = readGroup(call);
    if ("refusal" in group) return group;
    return removeTags(call, group, (call.input.tags ?? []) as readonly unknown[]);
  },
};
