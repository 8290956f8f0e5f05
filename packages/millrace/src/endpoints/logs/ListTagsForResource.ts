/** ListTagsForResource, and ListTagsLogGroup, its form of before, which names the group. */

import { readGroup, readResource } from "./names.ts";
import { answer, type LogsOperation } from "./operation.ts";

export const listTagsForResource: LogsOperation = {
  members: { resourceArn: "string" },
  perform(call) {
    const group = readResource(call);
    return "refusal" in group ? group : answer({ tags: group.record.tags });
  },
};

export const listTagsLogGroup: LogsOperation = {
  members: { logGroupName: "string" },
  perform(call) {
    const group = readGroup(call);
    return "refusal" in group ? group : answer({ tags: group.record.tags });
  },
};
