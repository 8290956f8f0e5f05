/** TagResource, and TagLogGroup, its form of before, which names the group. */

import { readGroup, readResource } from "./names.ts";
import type { LogsOperation } from "./operation.ts";
import { addTags } from "./tags.ts";

export const tagResource: LogsOperation = {
  members: { resourceArn: "string", tags: "map" },
  async perform(call) {
    const group = readResource(call);
    return "refusal" in group ? group : addTags(call, group);
  },
};

export const tagLogGroup: LogsOperation = {
  members: { logGroupName: "string", tags: "map" },
  async perform(call) {
    const group = readGroup(call);
    return "refusal" in group ? group : addTags(call, group);
  },
};
