/** ListTagsForResource: those of a bus or a rule. */

import { readResource } from "./names.ts";
import { answer, type EventsOperation } from "./operation.ts";
import { tagList } from "./tags.ts";

export const listTagsForResource: EventsOperation = {
  members: { ResourceARN: "string" },
  perform(call) {
    const found = readResource(call);
    return "refusal" in found ? found : answer({ Tags: tagList(found.tags ?? {}) });
  },
};
