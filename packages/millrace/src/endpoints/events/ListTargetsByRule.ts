/** ListTargetsByRule: by their ids. */

import { readRule } from "./names.ts";
import { answer, type EventsOperation, isRefused } from "./operation.ts";
import { pageMembers, pageOf } from "./paging.ts";
import { targetBody } from "./targets.ts";

export const listTargetsByRule: EventsOperation = {
  members: { Rule: "string", EventBusName: "string", ...pageMembers },
  perform(call) {
    const rule = readRule(call, "Rule");
    if ("refusal" in rule) return rule;
    const paged = pageOf(call.input, rule.definition.targets, ({ id }) => id);
    if (isRefused(paged)) return paged;
    return answer({ Targets: paged.page.map(targetBody), NextToken: paged.NextToken });
  },
};
